package ninja.mig.modules.memory;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Looks for many byte strings at once, in steps as long as the shortest of them allows (Wu and Manber): two bytes tell how
 * far the next place is where one of the strings can end. Only the beginnings of the strings count for the steps, all as
 * long as the shortest string.
 */
final class BlockScan {
    private static final int BLOCKS = 1 << 16;
    private static final int LONGEST_STEP = 120;

    private final byte[][] strings;
    private final int[] positions;
    private final int length;
    private final byte[] steps = new byte[BLOCKS];

    /** For each block the first string whose beginning ends in it, as its number + 1, and for each string the next such. */
    private final short[] heads = new short[BLOCKS];

    private final short[] nexts;

    /**
     * @param positions of those of the strings that are meant, each of at least two bytes; not more than 32767
     */
    BlockScan(List<Integer> positions, List<byte[]> strings) {
        this.positions = positions.stream().mapToInt(Integer::intValue).toArray();
        this.strings = positions.stream().map(strings::get).toArray(byte[][]::new);
        this.nexts = new short[this.strings.length];
        this.length = Math.min(
                LONGEST_STEP,
                Arrays.stream(this.strings)
                        .mapToInt(string -> string.length)
                        .min()
                        .orElse(LONGEST_STEP));
        Arrays.fill(steps, (byte) (length - 1));
        for (int i = 0; i < this.strings.length; i++) {
            add(i, this.strings[i]);
        }
    }

    private void add(int number, byte[] string) {
        for (int end = 1; end < length; end++) {
            int block = block(string, end);
            steps[block] = (byte) Math.min(steps[block], length - 1 - end);
        }
        int last = block(string, length - 1);
        nexts[number] = heads[last];
        heads[last] = (short) (number + 1);
    }

    private static int block(byte[] bytes, int end) {
        return (bytes[end - 1] & 0xff) << 8 | bytes[end] & 0xff;
    }

    /** @param found gets the position of each string that occurs between the two indexes, maybe several times */
    void search(byte[] memory, int from, int to, IntConsumer found) {
        int end = from + length - 1;
        while (end < to) {
            int block = block(memory, end);
            int step = steps[block];
            if (step == 0) {
                compare(memory, end - length + 1, to, heads[block], found);
                step = 1;
            }
            end += step;
        }
    }

    private void compare(byte[] memory, int start, int to, int head, IntConsumer found) {
        for (int number = head; number > 0; number = nexts[number - 1]) {
            byte[] string = strings[number - 1];
            if (memory[start] == string[0]
                    && start + string.length <= to
                    && Arrays.equals(memory, start, start + string.length, string, 0, string.length)) {
                found.accept(positions[number - 1]);
            }
        }
    }
}
