package ninja.mig.client;

/** Colours of a stream, or none where nobody would see them. */
public enum Colours {
    ON,
    OFF;

    public String red(String text) {
        return paint("31", text);
    }

    public String green(String text) {
        return paint("32", text);
    }

    public String yellow(String text) {
        return paint("33", text);
    }

    public String blue(String text) {
        return paint("34", text);
    }

    public String magenta(String text) {
        return paint("35", text);
    }

    public String bold(String text) {
        return paint("1", text);
    }

    private String paint(String code, String text) {
        return this == ON ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
