package ninja.mig.modules.regex;

/**
 * The bytes of a code point that is not complete yet, as one number: how many, the first of them, and the bits of the code
 * point that they carry.
 */
final class Utf8Prefix {
    static final long NONE = 0;

    /** What {@link #extended} says of bytes that are no UTF-8. */
    static final long INVALID = -1;

    private Utf8Prefix() {}

    /** Whether a byte begins a code point of several bytes. */
    static boolean isLead(int b) {
        return b >= 0xC2 && b <= 0xF4;
    }

    static long ofLead(int lead) {
        return prefix(1, lead, lead & (lead < 0xE0 ? 0x1F : lead < 0xF0 ? 0x0F : 0x07));
    }

    private static long prefix(int length, int lead, int bits) {
        return (long) length << 40 | (long) lead << 32 | bits;
    }

    static int length(long prefix) {
        return (int) (prefix >> 40);
    }

    private static int lead(long prefix) {
        return (int) (prefix >> 32) & 0xFF;
    }

    /** How many bytes it lacks. */
    static int missing(long prefix) {
        int lead = lead(prefix);
        return (lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4) - length(prefix);
    }

    /** With one more byte; it may lack nothing then. */
    static long extended(long prefix, int b) {
        int lead = lead(prefix);
        int low = 0x80;
        int high = 0xBF;
        if (length(prefix) == 1) {
            low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : low;
            high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : high;
        }
        return b < low || b > high ? INVALID : prefix(length(prefix) + 1, lead, (int) prefix << 6 | b & 0x3F);
    }

    /** The first code point that it can become; if it lacks nothing, the one that it is. */
    static int first(long prefix) {
        int first = (int) prefix << 6 * missing(prefix);
        int lead = lead(prefix);
        return lead == 0xE0 ? Math.max(first, 0x800) : lead == 0xF0 ? Math.max(first, 0x10000) : first;
    }

    /** The last code point that it can become. */
    static int last(long prefix) {
        int missing = missing(prefix);
        int last = (int) prefix << 6 * missing | (1 << 6 * missing) - 1;
        return Math.min(last, lead(prefix) == 0xED ? 0xD7FF : Character.MAX_CODE_POINT);
    }

    /** Whether not every byte of 80 to BF may follow. */
    static boolean isChoosy(long prefix) {
        int lead = lead(prefix);
        return length(prefix) == 1 && (lead == 0xE0 || lead == 0xED || lead == 0xF0 || lead == 0xF4);
    }
}
