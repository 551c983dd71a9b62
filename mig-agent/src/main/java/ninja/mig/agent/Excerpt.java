package ninja.mig.agent;

/** Text from outside as far as it may go into a log line or an answer: one line, and not more than a few of them. */
final class Excerpt {
    private static final int HEAD = 300;
    private static final int TAIL = 200;

    private Excerpt() {}

    /** The text without control characters; of a long one, its beginning and its end. */
    static String of(String text) {
        if (text.length() <= HEAD + TAIL) {
            return printable(text);
        }
        int left = text.length() - HEAD - TAIL;
        return printable(text.substring(0, HEAD)) + "[... " + left + " characters ...]"
                + printable(text.substring(text.length() - TAIL));
    }

    /** A surrogate whose other half was cut off is as bad as a control character: it cannot be written. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) || isHalf(c) ? '?' : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
