package ninja.mig.modules;

/** Text from an endpoint, made fit for a terminal. */
public final class Printable {
    private Printable() {}

    /** One line: control characters, other ends of lines and turns of the direction of writing become {@code \xNN}. */
    public static String line(String text) {
        if (text.chars().noneMatch(Printable::isControl)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            if (isControl(c)) {
                out.append("\\x%02x".formatted(c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }

    /**
     * What a module remarks, as one line for people: {@code error: <text>}. Most texts say what they are; the line says it
     * once, and a warning is none.
     */
    public static String error(String text) {
        return line(text.startsWith("warning: ") ? text : "error: " + text.replaceFirst("^ERROR: ", ""));
    }

    private static boolean isControl(int c) {
        return Character.isISOControl(c) || c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
    }
}
