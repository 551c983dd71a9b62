package ninja.mig.modules.file;

import java.nio.file.Path;
import java.util.Arrays;

/** Which of millions of paths have been met, in eight bytes each: for counting, where one in a billion may be wrong. */
final class PathSet {
    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private long[] slots = new long[1024];
    private int size;

    /** @return whether the path was not there before */
    boolean add(Path path) {
        if (size * 2 >= slots.length) {
            grow();
        }
        if (!put(slots, hash(path.toString()))) {
            return false;
        }
        size++;
        return true;
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        Arrays.stream(slots).filter(hash -> hash != 0).forEach(hash -> put(larger, hash));
        slots = larger;
    }

    private static boolean put(long[] slots, long hash) {
        int mask = slots.length - 1;
        int i = (int) (hash >>> 20) & mask;
        while (slots[i] != 0) {
            if (slots[i] == hash) {
                return false;
            }
            i = i + 1 & mask;
        }
        slots[i] = hash;
        return true;
    }

    /** FNV-1a, stirred; never 0, which stands for an empty slot. */
    private static long hash(String text) {
        long hash = OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        hash ^= hash >>> 32;
        hash *= 0xd6e8feb86659fd93L;
        hash ^= hash >>> 32;
        return hash == 0 ? 1 : hash;
    }
}
