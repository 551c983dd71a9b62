package ninja.mig.modules.file;

import com.google.re2j.Pattern;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.regex.BytePattern;
import ninja.mig.modules.regex.Expressions;

/** One condition on a file: an element of one list of a search. */
sealed interface Check {
    /** The key of the search that it stands under. */
    String key();

    /** As received. */
    String value();

    /** Whether the verdict is turned around, by {@code mismatch} or a leading {@code !}. */
    boolean inverted();

    /** A condition on what is known without reading the file. */
    sealed interface OnAttributes extends Check {
        /** @param name the last component of the path, in its bytes */
        boolean holds(byte[] name, Look look, Instant now);

        /** The verdict. */
        default boolean test(byte[] name, Look look, Instant now) {
            return holds(name, look, now) != inverted();
        }
    }

    /** A regular expression on the last component of the path. */
    record Name(String key, String value, BytePattern pattern, boolean inverted) implements OnAttributes {
        @Override
        public boolean holds(byte[] name, Look look, Instant now) {
            return pattern.find(name, 0, name.length);
        }
    }

    /** A regular expression on the mode text. */
    record Mode(String key, String value, Pattern regex, boolean inverted) implements OnAttributes {
        @Override
        public boolean holds(byte[] name, Look look, Instant now) {
            return regex.matcher(Attributes.modeText(look.mode())).find();
        }
    }

    /** @param comparison -1 for smaller, 0 for equal, 1 for larger */
    record Size(String key, String value, int comparison, long bytes, boolean inverted) implements OnAttributes {
        @Override
        public boolean holds(byte[] name, Look look, Instant now) {
            return Integer.signum(Long.compare(look.size(), bytes)) == comparison;
        }
    }

    /** @param newer modified later than that long ago; else earlier */
    record Mtime(String key, String value, boolean newer, Duration ago, boolean inverted) implements OnAttributes {
        @Override
        public boolean holds(byte[] name, Look look, Instant now) {
            Instant then = now.minus(ago);
            return newer ? look.modified().isAfter(then) : look.modified().isBefore(then);
        }
    }

    /**
     * A regular expression on lines.
     *
     * @param negated the value has a leading {@code !}: no line may match
     * @param inverted {@code mismatch} names content
     */
    record Content(String key, String value, BytePattern pattern, boolean negated, boolean inverted) implements Check {}

    /** @param algorithm as {@link java.security.MessageDigest} calls it */
    record Hash(String key, String value, String algorithm, byte[] digest, boolean inverted) implements Check {}

    static Name name(String value, boolean mismatch, Expressions expressions) throws InvalidParametersException {
        boolean negated = isNegated(value);
        String expression = negated ? value.substring(1) : value;
        return new Name("names", value, expressions.compile("names", expression), negated != mismatch);
    }

    static Mode mode(String value, boolean mismatch, Expressions expressions) throws InvalidParametersException {
        return new Mode("modes", value, expressions.compileForText("modes", value), mismatch);
    }

    static Content content(String value, boolean mismatch, Expressions expressions) throws InvalidParametersException {
        boolean negated = isNegated(value);
        String expression = negated ? value.substring(1) : value;
        return new Content("contents", value, expressions.compile("contents", expression), negated, mismatch);
    }

    private static boolean isNegated(String value) {
        return value.length() > 1 && value.startsWith("!");
    }

    static Size size(String value, boolean mismatch) throws InvalidParametersException {
        if (!value.matches("[<>]?[0-9]{1,19}[kmgt]?")) {
            throw new InvalidParametersException("sizes: '" + value + "' is not a size such as 1024, <10k or >1m");
        }
        char prefix = value.charAt(0);
        char suffix = value.charAt(value.length() - 1);
        String digits = value.replaceAll("[^0-9]", "");
        int shift =
                switch (suffix) {
                    case 'k' -> 10;
                    case 'm' -> 20;
                    case 'g' -> 30;
                    case 't' -> 40;
                    default -> 0;
                };
        try {
            long bytes = Math.multiplyExact(Long.parseLong(digits), 1L << shift);
            return new Size("sizes", value, prefix == '<' ? -1 : prefix == '>' ? 1 : 0, bytes, mismatch);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new InvalidParametersException("sizes: '" + value + "' is too large", e);
        }
    }

    static Mtime mtime(String value, boolean mismatch) throws InvalidParametersException {
        if (!value.matches("[<>][0-9]{1,18}[dhm]")) {
            throw new InvalidParametersException("mtimes: '" + value + "' is not a time such as <90d, >12h or <5m");
        }
        long number = Long.parseLong(value.substring(1, value.length() - 1));
        long minutes =
                switch (value.charAt(value.length() - 1)) {
                    case 'd' -> 24 * 60;
                    case 'h' -> 60;
                    default -> 1;
                };
        if (number > 106_751L * 24 * 60 / minutes) {
            throw new InvalidParametersException("mtimes: '" + value + "' is longer than 106751 days");
        }
        return new Mtime("mtimes", value, value.charAt(0) == '<', Duration.ofMinutes(number * minutes), mismatch);
    }

    /** @param key of the search; {@code sha2} and {@code sha3} choose the function by the length of the value */
    static Hash hash(String key, String value, boolean mismatch) throws InvalidParametersException {
        String algorithm = algorithm(key, value.length());
        if (algorithm.isEmpty() || !value.matches("[0-9a-fA-F]+")) {
            throw new InvalidParametersException(key + ": '" + value + "' is not a " + key + " in hexadecimal digits");
        }
        return new Hash(key, value, algorithm, HexFormat.of().parseHex(value.toLowerCase(Locale.ROOT)), mismatch);
    }

    /** Empty if no such function has a digest of this many digits. */
    private static String algorithm(String key, int digits) {
        return switch (key) {
            case "md5" -> digits == 32 ? "MD5" : "";
            case "sha1" -> digits == 40 ? "SHA-1" : "";
            case "sha2" -> digits == 64 || digits == 96 || digits == 128 ? "SHA-" + digits * 4 : "";
            case "sha3" -> digits == 56 || digits == 64 || digits == 96 || digits == 128 ? "SHA3-" + digits * 4 : "";
            default -> {
                int bits = Integer.parseInt(key.substring(key.length() - 3));
                yield digits * 4 == bits ? (key.startsWith("sha3_") ? "SHA3-" : "SHA-") + bits : "";
            }
        };
    }
}
