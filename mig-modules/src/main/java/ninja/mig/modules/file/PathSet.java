package ninja.mig.modules.file;

import java.util.Arrays;

/**
 * Which of many texts have been met, in eight bytes each: for counting, where one in a billion may be wrong. When it is
 * full, it takes every other one for new.
 */
final class PathSet {
    /** 8 MiB at most, and for the moment of the last growth half as much again. */
    private static final int MOST = 1 << 19;

    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private long[] slots = new long[64];
    private int size;

    /** @return whether the text was not there before */
    boolean add(String text) {
        if (size * 2 >= slots.length && size < MOST) {
            grow();
        }
        if (size >= MOST) {
            return !isIn(slots, hash(text));
        }
        if (!put(slots, hash(text))) {
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

    private static boolean isIn(long[] slots, long hash) {
        return slots[slot(slots, hash)] == hash;
    }

    private static boolean put(long[] slots, long hash) {
        int slot = slot(slots, hash);
        if (slots[slot] == hash) {
            return false;
        }
        slots[slot] = hash;
        return true;
    }

    /** Where the value is, or belongs. */
    private static int slot(long[] slots, long hash) {
        int mask = slots.length - 1;
        int i = (int) (hash >>> 20) & mask;
        while (slots[i] != 0 && slots[i] != hash) {
            i = i + 1 & mask;
        }
        return i;
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
