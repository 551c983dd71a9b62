package ninja.mig.json;

/**
 * Replaces unpaired surrogates in JSON text by U+FFFD, as Go does, whether they stand there as they are or as escapes.
 * Java would print them as question marks, and the parser refuses them in names.
 */
final class Surrogates {
    private static final String REPLACEMENT_ESCAPE = "\\ufffd";

    private final String json;
    private final StringBuilder out;
    private int at;

    private Surrogates(String json) {
        this.json = json;
        this.out = new StringBuilder(json.length());
    }

    static String repair(String json) {
        boolean suspicious = json.contains("\\ud") || json.contains("\\uD");
        for (int i = 0; i < json.length() && !suspicious; i++) {
            suspicious = Character.isSurrogate(json.charAt(i));
        }
        return suspicious ? new Surrogates(json).repaired() : json;
    }

    private String repaired() {
        while (at < json.length()) {
            char c = json.charAt(at);
            if (c == '\\') {
                escape();
            } else if (Character.isSurrogate(c)) {
                raw();
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString();
    }

    private void raw() {
        if (at + 1 < json.length() && Character.isSurrogatePair(json.charAt(at), json.charAt(at + 1))) {
            out.append(json, at, at + 2);
            at += 2;
        } else {
            out.append('\uFFFD');
            at++;
        }
    }

    private void escape() {
        int unit = unitAt(at);
        if (unit < 0 || !Character.isSurrogate((char) unit)) {
            int end = Math.min(json.length(), at + 2);
            out.append(json, at, end);
            at = end;
        } else if (unitAt(at + 6) >= 0 && Character.isSurrogatePair((char) unit, (char) unitAt(at + 6))) {
            out.append(json, at, at + 12);
            at += 12;
        } else {
            out.append(REPLACEMENT_ESCAPE);
            at += 6;
        }
    }

    /** The code unit of the escape that starts here, or -1 if none does. */
    private int unitAt(int from) {
        if (from + 6 > json.length() || !json.startsWith("\\u", from)) {
            return -1;
        }
        int unit = 0;
        for (int i = from + 2; i < from + 6; i++) {
            int digit = Character.digit(json.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
