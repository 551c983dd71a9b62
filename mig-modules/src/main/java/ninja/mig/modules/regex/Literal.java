package ninja.mig.modules.regex;

import static ninja.mig.modules.regex.Swar.HIGHS;
import static ninja.mig.modules.regex.Swar.LONGS;
import static ninja.mig.modules.regex.Swar.ONES;

/**
 * Bytes that are looked for, some of them letters of ASCII in any case. Eight places at a time are tested for the two rarest
 * of the bytes, or for one that is very rare; only where they are is the whole compared.
 */
public final class Literal {
    /** Added to a lower-case letter that may be of upper case as well. */
    public static final int ANY_CASE = 0x100;

    /** So short that the loop is compiled soon after the start. */
    private static final int BLOCK = 1024;

    /** Of the places in a block that look like a find at first. */
    private static final int MOST_WRONG = 4;

    /** A byte that is expected so seldom is looked for alone. */
    private static final double RARE = 1.0 / 512;

    private final byte[] bytes;
    private final byte[] cases;
    private final int first;
    private final int distance;
    private final double frequency;

    private Literal(byte[] bytes, byte[] cases, int first, int second, double frequency) {
        this.bytes = bytes;
        this.cases = cases;
        this.first = first;
        this.distance = second - first;
        this.frequency = frequency;
    }

    /** @param text a character for each byte, of letters in any case with {@link #ANY_CASE}; not empty */
    public static Literal of(String text) {
        byte[] bytes = new byte[text.length()];
        byte[] cases = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) text.charAt(i);
            cases[i] = (byte) (text.charAt(i) >= ANY_CASE ? 0x20 : 0);
        }
        int rarest = rarest(text, -1);
        int next = rarest(text, rarest);
        double frequency =
                ByteFrequency.of(text.charAt(rarest)) * (next == rarest ? 1 : ByteFrequency.of(text.charAt(next)));
        if (ByteFrequency.of(text.charAt(rarest)) <= RARE && cases[rarest] == 0) {
            next = rarest;
        }
        return new Literal(bytes, cases, Math.min(rarest, next), Math.max(rarest, next), frequency);
    }

    /** Where the byte is that is expected least, apart from one place if there is another. */
    private static int rarest(String text, int except) {
        int best = Math.max(except, 0);
        for (int i = 0; i < text.length(); i++) {
            if (i != except
                    && (best == except || ByteFrequency.of(text.charAt(i)) < ByteFrequency.of(text.charAt(best)))) {
                best = i;
            }
        }
        return best;
    }

    /** In what part of all places the two bytes are expected that are looked for. */
    double frequency() {
        return frequency;
    }

    /** Whether some of its letters may be of both cases. */
    boolean hasAnyCase() {
        for (byte bit : cases) {
            if (bit != 0) {
                return true;
            }
        }
        return false;
    }

    int length() {
        return bytes.length;
    }

    /** Where it begins; all of it is between the bounds. @return -1 if nowhere */
    public int find(byte[] in, int from, int to) {
        int end = to - bytes.length + 1;
        int at = from;
        while (at < end) {
            int stop = Math.min(at + BLOCK, end);
            int hit = block(in, at + first, stop + first);
            if (hit < 0) {
                at = stop;
            } else if (isAt(in, hit - first)) {
                return hit - first;
            } else {
                at = hit - first + 1;
            }
        }
        return -1;
    }

    /** A byte, of a letter in any case the lower one. */
    int at(int index) {
        return bytes[index] & 0xFF;
    }

    boolean isAt(byte[] in, int at) {
        for (int i = 0; i < bytes.length; i++) {
            if ((in[at + i] | cases[i]) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** Where the first byte is in the range, and the second at its distance. */
    private int block(byte[] in, int from, int to) {
        if (cases[first] != 0 || cases[first + distance] != 0) {
            return anyCase(in, from, to);
        }
        return distance == 0 ? one(in, from, to) : two(in, from, to);
    }

    /** A byte that is looked for alone. */
    private int one(byte[] in, int from, int to) {
        long one = Swar.all(bytes[first]);
        int wrong = 0;
        // What follows the range is read too, as far as the array goes; a find there does not count.
        int wide = Math.min(to, in.length - 31);
        for (int at = from; at < wide; at += 32) {
            long a = (long) LONGS.get(in, at) ^ one;
            long b = (long) LONGS.get(in, at + 8) ^ one;
            long c = (long) LONGS.get(in, at + 16) ^ one;
            long d = (long) LONGS.get(in, at + 24) ^ one;
            // A byte of these that is zero is a find. In text the high bits of others are zero: this suffices.
            if (((a - ONES | b - ONES | c - ONES | d - ONES) & HIGHS) != 0) {
                int found = Swar.lowestZero(a, b, c, d);
                if (found >= 0) {
                    return at + found < to ? at + found : -1;
                }
                wrong++;
                if (wrong == MOST_WRONG) {
                    return noText(in, at + 32, to);
                }
            }
        }
        return slowly(in, from + Math.max(0, wide - from + 31) / 32 * 32, to);
    }

    /** As {@link #one}, for two bytes. */
    private int two(byte[] in, int from, int to) {
        int apart = distance;
        long one = Swar.all(bytes[first]);
        long two = Swar.all(bytes[first + apart]);
        int wrong = 0;
        int wide = Math.min(to, in.length - apart - 31);
        for (int at = from; at < wide; at += 32) {
            long a = (long) LONGS.get(in, at) ^ one | (long) LONGS.get(in, at + apart) ^ two;
            long b = (long) LONGS.get(in, at + 8) ^ one | (long) LONGS.get(in, at + 8 + apart) ^ two;
            long c = (long) LONGS.get(in, at + 16) ^ one | (long) LONGS.get(in, at + 16 + apart) ^ two;
            long d = (long) LONGS.get(in, at + 24) ^ one | (long) LONGS.get(in, at + 24 + apart) ^ two;
            if (((a - ONES | b - ONES | c - ONES | d - ONES) & HIGHS) != 0) {
                int found = Swar.lowestZero(a, b, c, d);
                if (found >= 0) {
                    return at + found < to ? at + found : -1;
                }
                wrong++;
                if (wrong == MOST_WRONG) {
                    return noText(in, at + 32, to);
                }
            }
        }
        return slowly(in, from + Math.max(0, wide - from + 31) / 32 * 32, to);
    }

    /** As {@link #two}, where one is a letter or both are. */
    private int anyCase(byte[] in, int from, int to) {
        int apart = distance;
        long one = Swar.all(bytes[first]);
        long oneCase = Swar.all(cases[first]);
        long two = Swar.all(bytes[first + apart]);
        long twoCase = Swar.all(cases[first + apart]);
        int wrong = 0;
        int wide = Math.min(to, in.length - apart - 31);
        for (int at = from; at < wide; at += 32) {
            long a = ((long) LONGS.get(in, at) | oneCase) ^ one | ((long) LONGS.get(in, at + apart) | twoCase) ^ two;
            long b = ((long) LONGS.get(in, at + 8) | oneCase) ^ one
                    | ((long) LONGS.get(in, at + 8 + apart) | twoCase) ^ two;
            long c = ((long) LONGS.get(in, at + 16) | oneCase) ^ one
                    | ((long) LONGS.get(in, at + 16 + apart) | twoCase) ^ two;
            long d = ((long) LONGS.get(in, at + 24) | oneCase) ^ one
                    | ((long) LONGS.get(in, at + 24 + apart) | twoCase) ^ two;
            if (((a - ONES | b - ONES | c - ONES | d - ONES) & HIGHS) != 0) {
                int found = Swar.lowestZero(a, b, c, d);
                if (found >= 0) {
                    return at + found < to ? at + found : -1;
                }
                wrong++;
                if (wrong == MOST_WRONG) {
                    return noText(in, at + 32, to);
                }
            }
        }
        return slowly(in, from + Math.max(0, wide - from + 31) / 32 * 32, to);
    }

    /** As all of these, where high bits are common. */
    private int noText(byte[] in, int from, int to) {
        int apart = distance;
        long one = Swar.all(bytes[first]);
        long oneCase = Swar.all(cases[first]);
        long two = Swar.all(bytes[first + apart]);
        long twoCase = Swar.all(cases[first + apart]);
        int wide = Math.min(to, in.length - apart - 15);
        for (int at = from; at < wide; at += 16) {
            long a = ((long) LONGS.get(in, at) | oneCase) ^ one | ((long) LONGS.get(in, at + apart) | twoCase) ^ two;
            long b = ((long) LONGS.get(in, at + 8) | oneCase) ^ one
                    | ((long) LONGS.get(in, at + 8 + apart) | twoCase) ^ two;
            if (((a - ONES & ~a | b - ONES & ~b) & HIGHS) != 0) {
                int found = at + Swar.lowestZero(a, b, -1, -1);
                return found < to ? found : -1;
            }
        }
        return slowly(in, from + Math.max(0, wide - from + 15) / 16 * 16, to);
    }

    private int slowly(byte[] in, int from, int to) {
        for (int at = from; at < to; at++) {
            if ((in[at] | cases[first]) == bytes[first]
                    && (in[at + distance] | cases[first + distance]) == bytes[first + distance]) {
                return at;
            }
        }
        return -1;
    }
}
