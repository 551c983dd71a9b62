package ninja.mig.modules.regex;

import java.util.Arrays;

/** A set of code points: ranges in ascending order that do not touch. */
final class CodeSet {
    static final CodeSet NONE = new CodeSet(new int[0]);
    static final CodeSet ALL = new CodeSet(new int[] {0, Character.MAX_CODE_POINT});

    private static final int KELVIN = 0x212A;
    private static final int LONG_S = 0x17F;

    private final int[] ranges;

    private CodeSet(int[] ranges) {
        this.ranges = ranges;
    }

    /** @param ranges pairs of first and last, in any order */
    static CodeSet of(int... ranges) {
        long[] pairs = new long[ranges.length / 2];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (long) ranges[2 * i] << 32 | ranges[2 * i + 1];
        }
        Arrays.sort(pairs);
        int[] merged = new int[ranges.length];
        int n = 0;
        for (long pair : pairs) {
            int low = (int) (pair >> 32);
            int high = (int) pair;
            if (n > 0 && low <= merged[n - 1] + 1) {
                merged[n - 1] = Math.max(merged[n - 1], high);
            } else {
                merged[n++] = low;
                merged[n++] = high;
            }
        }
        return new CodeSet(Arrays.copyOf(merged, n));
    }

    /** @param characters each one a member */
    static CodeSet ofEach(String characters) {
        return of(characters
                .chars()
                .flatMap(c -> java.util.stream.IntStream.of(c, c))
                .toArray());
    }

    CodeSet and(CodeSet other) {
        int[] both = Arrays.copyOf(ranges, ranges.length + other.ranges.length);
        System.arraycopy(other.ranges, 0, both, ranges.length, other.ranges.length);
        return of(both);
    }

    CodeSet negated() {
        int[] others = new int[ranges.length + 2];
        int n = 0;
        int next = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            if (ranges[i] > next) {
                others[n++] = next;
                others[n++] = ranges[i] - 1;
            }
            next = ranges[i + 1] + 1;
        }
        if (next <= Character.MAX_CODE_POINT) {
            others[n++] = next;
            others[n++] = Character.MAX_CODE_POINT;
        }
        return new CodeSet(Arrays.copyOf(others, n));
    }

    /** With the relatives of each letter; for ASCII only. K has one beyond ASCII, and so has S. */
    CodeSet inAnyCase() {
        CodeSet all = this;
        for (int lower = 'a'; lower <= 'z'; lower++) {
            int upper = lower - 32;
            if (contains(lower) || contains(upper)) {
                all = all.and(of(lower, lower, upper, upper));
                if (lower == 'k') {
                    all = all.and(of(KELVIN, KELVIN));
                } else if (lower == 's') {
                    all = all.and(of(LONG_S, LONG_S));
                }
            }
        }
        return all;
    }

    boolean isAscii() {
        return ranges.length == 0 || ranges[ranges.length - 1] < 0x80;
    }

    boolean contains(int codePoint) {
        for (int i = 0; i < ranges.length && ranges[i] <= codePoint; i += 2) {
            if (codePoint <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    int size() {
        int size = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            size += ranges[i + 1] - ranges[i] + 1;
        }
        return size;
    }

    /** Pairs of first and last. */
    int[] ranges() {
        return ranges;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodeSet set && Arrays.equals(ranges, set.ranges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ranges);
    }
}
