package ninja.mig.modules.regex;

/** Where lines begin and end in bytes. Ranges are from inclusive to exclusive. */
public final class Lines {
    private static final Literal LINE_FEED = Literal.of("\n");
    private static final long LINE_FEEDS = Swar.all((byte) '\n');

    private Lines() {}

    /** Where the line begins in which {@code at} is, or whose line feed it is; {@code from}, if there is none before. */
    public static int start(byte[] bytes, int from, int at) {
        int start = at;
        while (start - from >= Long.BYTES) {
            long other = (long) Swar.LONGS.get(bytes, start - Long.BYTES) ^ LINE_FEEDS;
            // The high bit of each byte that is a line feed, and of no other.
            long found = ~((other & ~Swar.HIGHS) + ~Swar.HIGHS | other) & Swar.HIGHS;
            if (found != 0) {
                return start - Long.numberOfLeadingZeros(found) / Byte.SIZE;
            }
            start -= Long.BYTES;
        }
        while (start > from && bytes[start - 1] != '\n') {
            start--;
        }
        return start;
    }

    /** The next line feed, or {@code to}. */
    public static int end(byte[] bytes, int at, int to) {
        int found = LINE_FEED.find(bytes, at, to);
        return found < 0 ? to : found;
    }
}
