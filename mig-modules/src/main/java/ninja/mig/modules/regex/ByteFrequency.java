package ninja.mig.modules.regex;

/** How often a byte is expected in what is searched. */
final class ByteFrequency {
    /** The part that each byte has, 2 to the power of minus so much, as a character from 0 on: of text and some programs. */
    private static final String TABLE = "389999::986;:::89;:;;;<<:;<<<<<:3;888::8777;7877788998999888888;"
            + ":787878977;978777;77789:8:;:9:<5:576646775:767556:55578887:9:9;<"
            + ":<<:::<<;8=9<:=<:==<<==<;===<===;===<=;=<==;<===<===<=<=;<<=<=<<"
            + ":;<;;<;;<<<=====:;;=;==<;<:<=<<<;=<=<<<<9:<<<<<;:<<;<<;<;<<<;<;7";

    private ByteFrequency() {}

    /** @param b a byte, or a letter and {@link Literal#ANY_CASE} */
    static double of(int b) {
        return b < Literal.ANY_CASE ? single(b) : single(b & 0xFF) + single((b & 0xFF) - 32);
    }

    private static double single(int b) {
        return 1.0 / (1 << TABLE.charAt(b) - '0');
    }
}
