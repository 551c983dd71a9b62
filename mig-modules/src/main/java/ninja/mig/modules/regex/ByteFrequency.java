package ninja.mig.modules.regex;

/** How often a byte is expected in what is searched. */
final class ByteFrequency {
    /** For each byte, of what power of two it is one, as a character from 0 on. */
    private static final String TABLE = "5:::::::::6:::::::::::::::::::::38888888888888887777777777888888"
            + "8888888888888888888888888888888884655366549756446:44457686:8888;"
            + ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;"
            + ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;";

    private ByteFrequency() {}

    /** @param b a byte, or a letter and {@link Literal#ANY_CASE} */
    static double of(int b) {
        return b < Literal.ANY_CASE ? single(b) : single(b & 0xFF) + single((b & 0xFF) - 32);
    }

    private static double single(int b) {
        return 1.0 / (1 << TABLE.charAt(b) - '0');
    }
}
