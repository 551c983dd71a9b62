package ninja.mig.client;

/** Text from elsewhere, made fit for a terminal. */
public final class Text {
    private Text() {}

    /** One line without control characters: they are shown as {@code \xNN}. */
    public static String printable(String text) {
        if (text.chars().noneMatch(Text::isControl)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            if (isControl(c)) {
                out.append(String.format("\\x%02x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }

    // C0, DEL, C1, and the characters that turn the direction of writing.
    private static boolean isControl(int c) {
        return c < 0x20 || c >= 0x7f && c <= 0x9f || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
    }
}
