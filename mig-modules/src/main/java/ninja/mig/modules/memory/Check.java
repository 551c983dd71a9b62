package ninja.mig.modules.memory;

import com.google.re2j.Pattern;
import java.util.HexFormat;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Printable;
import ninja.mig.modules.regex.BytePattern;
import ninja.mig.modules.regex.Expressions;

/** One condition on a process: an element of one list of a search. */
sealed interface Check {
    /** Longer byte strings would need larger pieces of memory. */
    int LONGEST_BYTES = 64 * 1024;

    /** The key of the search that it stands under. */
    String key();

    /** As received. */
    String value();

    /** A condition that is decided by what the memory holds. */
    sealed interface OnMemory extends Check {}

    /** A regular expression on the path of the executable. */
    record Name(String key, String value, Pattern regex) implements Check {
        boolean holds(String name) {
            return regex.matcher(name).find();
        }
    }

    /** A regular expression on the path of a mapped file. */
    record Library(String key, String value, Pattern regex) implements Check {
        boolean holds(String path) {
            return regex.matcher(path).find();
        }
    }

    /** A regular expression on memory. */
    record Content(String key, String value, BytePattern pattern) implements OnMemory {}

    /** Bytes that memory holds. */
    record Bytes(String key, String value, byte[] bytes) implements OnMemory {}

    /** @param key one of {@link MemorySearch#LISTS} */
    static Check of(String key, String value, Expressions expressions) throws InvalidParametersException {
        return switch (key) {
            case "names" -> new Name(key, value, expressions.compileForText(key, value));
            case "libraries" -> new Library(key, value, expressions.compileForText(key, value));
            case "contents" -> new Content(key, value, expressions.compile(key, value));
            default -> bytes(value);
        };
    }

    private static Bytes bytes(String value) throws InvalidParametersException {
        if (value.length() > 2 * LONGEST_BYTES) {
            throw new InvalidParametersException("bytes: a byte string has at most " + LONGEST_BYTES + " bytes");
        }
        if (value.isEmpty()) {
            throw new InvalidParametersException("bytes: a byte string is empty");
        }
        try {
            return new Bytes("bytes", value, HexFormat.of().parseHex(value));
        } catch (IllegalArgumentException e) {
            String start = value.length() <= 200 ? value : value.substring(0, 200) + "...";
            throw new InvalidParametersException(
                    "bytes: '" + Printable.line(start) + "' is not a byte string: two hexadecimal digits for each byte",
                    e);
        }
    }
}
