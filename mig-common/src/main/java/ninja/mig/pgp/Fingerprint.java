package ninja.mig.pgp;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** The name of a version 4 key: 40 upper-case hexadecimal digits. */
public record Fingerprint(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9A-F]{40}");

    public Fingerprint {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("'" + hex + "' is not a fingerprint of 40 hexadecimal digits");
        }
    }

    /**
     * Reads a fingerprint as any program shows it: in any case, with blanks, colons or a leading 0x.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Fingerprint parse(String text) {
        return new Fingerprint(
                text.replaceAll("[\\s:]", "").replaceFirst("^0[xX]", "").toUpperCase(Locale.ROOT));
    }

    static Fingerprint of(byte[] bytes) {
        return new Fingerprint(HexFormat.of().withUpperCase().formatHex(bytes));
    }

    /** The short name that OpenPGP signatures carry; several keys may share it. */
    long keyId() {
        return Long.parseUnsignedLong(hex.substring(24), 16);
    }

    @Override
    public String toString() {
        return hex;
    }
}
