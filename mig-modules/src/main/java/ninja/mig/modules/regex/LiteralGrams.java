package ninja.mig.modules.regex;

import static ninja.mig.modules.regex.Swar.INTS;

import java.util.List;

/**
 * Looks for many literals at once. A gram is a few bytes that follow each other. The table has the first grams of each literal,
 * as many as fit into the shortest, and no more than sixteen. Of the places in what is searched only every so many are looked up that each
 * of these beginnings has a gram at one of them; the whole is compared where the table has the gram. If there are letters in
 * any case, those of both count as the same in the table. Any number of threads may use it.
 */
public final class LiteralGrams {
    /** Gets what is found. */
    public interface Found {
        /**
         * @param literal by its position in the list
         * @param place where it begins
         */
        void at(int literal, int place);
    }

    /** How many literals there may be, and grams of all together: with many literals the stride becomes shorter. */
    public static final int MOST = 1 << 14;

    /** {@link #find} has given up. */
    static final int GAVE_UP = -2;

    /** What it takes to tell of a literal, in comparisons. */
    private static final int FIND = 16;

    /** From this length of the shortest literal on, grams of three bytes are faster than of two. */
    private static final int FOR_THREE = 4;

    /** And of four. */
    private static final int FOR_FOUR = 8;

    /** A longer one would not be faster: all has to be read in any case. */
    private static final int LONGEST_STRIDE = 16;

    /** Entries of the table for each gram, so that others seldom fall on one of them; if there are many grams, a quarter. */
    private static final int ROOM = 64;

    private static final int LARGEST_TABLE_BITS = 18;
    private static final int BITS_OF_A_CHAIN = 4;

    /** So short that the loop is compiled soon after the start. */
    private static final int BLOCK = 4096;

    private static final int LOWER = 0x20202020;
    private static final int SPREAD = 0x9E3779B1;

    private final Literal[] literals;
    private final int gram;
    private final int stride;
    private final int fold;
    private final int mask;
    private final int shift;

    /** By hash: not 0 if a gram has it. */
    private final byte[] known;

    /** By the first bits of the hash: one more than the first gram that has them, or 0. Grams of one literal follow each other. */
    private final char[] heads;

    /** By gram: one more than the next in the same chain, or 0. */
    private final char[] next;

    /** @param literals at least one, and at most {@link #MOST} */
    public LiteralGrams(List<Literal> literals) {
        this(literals, MOST);
    }

    /** @param mostGrams at least as many as there are literals; about 70 bytes of memory each */
    LiteralGrams(List<Literal> literals, int mostGrams) {
        this.literals = literals.toArray(Literal[]::new);
        int shortest = literals.stream().mapToInt(Literal::length).min().orElseThrow();
        this.gram = gram(shortest);
        this.stride = Math.min(stride(shortest), mostGrams / literals.size());
        this.fold = literals.stream().anyMatch(Literal::hasAnyCase) ? LOWER : 0;
        this.mask = -1 >>> 8 * (Integer.BYTES - gram);
        int grams = stride * literals.size();
        int bits = Math.min(Integer.SIZE - Integer.numberOfLeadingZeros(grams * ROOM - 1), LARGEST_TABLE_BITS);
        this.shift = Integer.SIZE - bits;
        this.known = new byte[1 << bits];
        this.heads = new char[1 << bits - BITS_OF_A_CHAIN];
        this.next = new char[grams];
        for (int i = 0; i < grams; i++) {
            int hash = hash(word(this.literals[i / stride], i % stride));
            known[hash] = 1;
            next[i] = heads[hash >> BITS_OF_A_CHAIN];
            heads[hash >> BITS_OF_A_CHAIN] = (char) (i + 1);
        }
    }

    private static int gram(int shortest) {
        return shortest >= FOR_FOUR ? 4 : shortest >= FOR_THREE ? 3 : Math.min(shortest, 2);
    }

    /** How many places one look-up stands for. @param shortest the length of the shortest literal */
    static int stride(int shortest) {
        return Math.min(shortest - gram(shortest) + 1, LONGEST_STRIDE);
    }

    private int word(Literal literal, int from) {
        int word = 0;
        for (int i = 0; i < gram; i++) {
            word |= literal.at(from + i) << 8 * i;
        }
        return word;
    }

    private int hash(int word) {
        return ((word | fold) & mask) * SPREAD >>> shift;
    }

    /**
     * Where one begins that comes first; all of it is between the bounds.
     *
     * @return -1 if nowhere; {@link #GAVE_UP} if that would take more effort than is allowed
     */
    int find(byte[] in, int from, int to, Effort effort) {
        int at = from;
        int end = to - gram + 1;
        while (at < end) {
            int stop = Math.min(at + BLOCK * stride, end);
            int hit = block(in, at, stop);
            if (hit < 0) {
                at += (stop - at + stride - 1) / stride * stride;
            } else {
                int start = start(in, hit, from, to, effort);
                if (start != -1) {
                    return start;
                }
                at = hit + stride;
            }
        }
        return -1;
    }

    /** The first place to look at in the range whose gram the table may have. @return -1 if there is none */
    private int block(byte[] in, int from, int to) {
        int step = stride;
        int at = from;
        int wide = Math.min(to, in.length - Integer.BYTES + 1) - 3 * step;
        for (; at < wide; at += 4 * step) {
            int a = known[hash((int) INTS.get(in, at))];
            int b = known[hash((int) INTS.get(in, at + step))];
            int c = known[hash((int) INTS.get(in, at + 2 * step))];
            int d = known[hash((int) INTS.get(in, at + 3 * step))];
            if ((a | b | c | d) != 0) {
                return a != 0 ? at : b != 0 ? at + step : c != 0 ? at + 2 * step : at + 3 * step;
            }
        }
        for (; at < to; at += step) {
            if (known[hash(word(in, at))] != 0) {
                return at;
            }
        }
        return -1;
    }

    private int word(byte[] in, int from) {
        int word = 0;
        for (int i = 0; i < gram; i++) {
            word |= (in[from + i] & 0xFF) << 8 * i;
        }
        return word;
    }

    /** Where the first literal begins that has a gram at this place. @return -1 if none has */
    private int start(byte[] in, int at, int from, int to, Effort effort) {
        int first = -1;
        for (int entry = heads[hash(word(in, at)) >> BITS_OF_A_CHAIN]; entry != 0; entry = next[entry - 1]) {
            if (!effort.spend(1)) {
                return GAVE_UP;
            }
            Literal literal = literals[(entry - 1) / stride];
            int start = at - (entry - 1) % stride;
            if (start >= from
                    && start + literal.length() <= to
                    && (first < 0 || start < first)
                    && literal.isAt(in, start)) {
                first = start;
            }
        }
        return first;
    }

    /**
     * Tells of each place where a literal begins, and of each that does; all of them is between the bounds.
     *
     * @return false if it gave up, maybe at once: then they have to be looked for in another way, from the beginning
     */
    public boolean search(byte[] in, int from, int to, Effort effort, Found found) {
        if (!effort.begin(to - from)) {
            return false;
        }
        int at = find(in, from, to, effort);
        while (at >= 0 && tell(in, at, to, effort, found)) {
            at = find(in, at + 1, to, effort);
        }
        if (at != -1) {
            effort.pause(to - from);
        }
        return at == -1;
    }

    /** @return whether the effort was allowed */
    private boolean tell(byte[] in, int at, int to, Effort effort, Found found) {
        for (int entry = heads[hash(word(in, at)) >> BITS_OF_A_CHAIN]; entry != 0; entry = next[entry - 1]) {
            int literal = (entry - 1) / stride;
            boolean begins = (entry - 1) % stride == 0;
            if (!effort.spend(1)) {
                return false;
            }
            if (begins && at + literals[literal].length() <= to && literals[literal].isAt(in, at)) {
                found.at(literal, at);
            }
        }
        return effort.spend(FIND);
    }
}
