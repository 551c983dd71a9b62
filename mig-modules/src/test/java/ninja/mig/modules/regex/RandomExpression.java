package ninja.mig.modules.regex;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random expressions over all of the syntax, and bytes that such an expression may match, or nearly. Letters and signs are
 * few, so that they meet.
 */
final class RandomExpression {
    private static final List<String> LETTERS = List.of(
            "a",
            "b",
            "c",
            "k",
            "K",
            "s",
            "S",
            "x",
            "_",
            " ",
            "-",
            "0",
            "7",
            "é",
            "É",
            "ſ",
            "\u212a",
            "\ufffd",
            "ß",
            "Ω",
            "\u0800",
            "\u07ff",
            "\ud7ff",
            "\ue000",
            "\ufffe",
            "😀",
            "\ud800\udc00",
            "\udbff\udfff",
            "ab",
            "kS",
            "abc",
            "needle");
    private static final List<String> ESCAPES = List.of(
            "\\.",
            "\\*",
            "\\\\",
            "\\_",
            "\\n",
            "\\r",
            "\\t",
            "\\a",
            "\\f",
            "\\v",
            "\\x41",
            "\\x{e9}",
            "\\x{1F600}",
            "\\x{FFFD}",
            "\\x7f",
            "\\0",
            "\\07",
            "\\101",
            "\\141",
            "\\-",
            "\\]",
            "\\ ",
            "\\\u007f",
            "\\é");
    private static final List<String> ESCAPED = List.of(
            ".", "*", "\\", "_", "\n", "\r", "\t", "\u0007", "\f", "\u000b", "A", "é", "😀", "\ufffd", "\u007f", "\0",
            "\u0007", "A", "a", "-", "]", " ", "\u007f", "é");
    private static final List<String> PERL = List.of("\\d", "\\D", "\\s", "\\S", "\\w", "\\W");
    private static final List<String> POSIX = List.of(
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
            "word", "xdigit", "^alpha", "^space", "^word");
    private static final List<String> UNICODE =
            List.of("\\pL", "\\PL", "\\p{Greek}", "\\P{Greek}", "\\p{^Lu}", "\\p{Lu}", "\\pN");
    private static final List<String> PLACES =
            List.of("^", "$", "\\A", "\\z", "\\b", "\\B", "(?m:^)", "(?m:$)", "(?m)^", "(?m)$", "(?-m)$");
    private static final List<String> COUNTS =
            List.of("*", "+", "?", "*?", "+?", "??", "{2}", "{0}", "{1,}", "{0,2}", "{1,3}?", "{3}", "{2,}?", "{1}");
    private static final List<String> BRACES = List.of("{", "}", "{,2}", "{a}", "{01}", "{1", "]");
    private static final List<String> FLAGS =
            List.of("i", "s", "m", "U", "is", "im", "ims", "-i", "-s", "-m", "i-s", "s-i", "mi-sU", "-ims");
    private static final byte[][] TROUBLE = {
        {(byte) 0x80},
        {(byte) 0xFF},
        {(byte) 0xC3},
        {(byte) 0xE2, (byte) 0x84},
        {(byte) 0xE2},
        {(byte) 0xF0, (byte) 0x9F},
        {(byte) 0xF0, (byte) 0x9F, (byte) 0x98},
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
        {(byte) 0xC0, (byte) 0x80},
        {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
        {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
        {(byte) 0xF5},
        {(byte) 0xEF, (byte) 0xBF},
        {(byte) 0xC5},
        {(byte) 0xBF},
        {(byte) 0xA9},
        {0},
        {'\r'},
        {'\n'},
        {'\r', '\n'},
        {'\n', '\n'},
        {'\r', '\r', '\n'}
    };

    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> branches = new ArrayList<>();
    private boolean quotes;
    private boolean unicode;

    RandomExpression(Random random) {
        this.random = random;
    }

    /**
     * @param text it may be refused
     * @param unfactored the same with nothing at the beginning of the second and each further alternative. RE2/J takes a
     *     letter in front of two of them out, also if case matters to the first alone: for it {@code S|(?i:s)x} does not match
     *     {@code sx}
     * @param near bytes near to what it matches
     */
    record Sample(String text, String unfactored, Part near) {}

    /** Writes bytes of which a match may be made. */
    interface Part {
        void write(ByteArrayOutputStream out);
    }

    /** @param withUnicode also classes of Unicode, which take RE2/J long */
    Sample next(boolean withUnicode) {
        text.setLength(0);
        branches.clear();
        quotes = false;
        unicode = withUnicode;
        if (chance(4)) {
            text.append("(?").append(one(FLAGS)).append(')');
        }
        Part near = choice(3);
        return new Sample(text.toString(), unfactored(), near);
    }

    private String unfactored() {
        StringBuilder longer = new StringBuilder(text);
        for (int i = branches.size() - 1; i >= 0; i--) {
            longer.insert(branches.get(i), "(?:)");
        }
        return longer.toString();
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Part choice(int depth) {
        int many = chance(4) ? 2 + random.nextInt(3) : 1;
        Part[] parts = new Part[many];
        for (int i = 0; i < many; i++) {
            if (i > 0) {
                text.append('|');
                if (!quotes) {
                    branches.add(text.length());
                }
            }
            parts[i] = sequence(depth);
        }
        return out -> parts[random.nextInt(many)].write(out);
    }

    private Part sequence(int depth) {
        int length = chance(12) ? 0 : 1 + random.nextInt(depth == 3 ? 6 : 3);
        Part[] parts = new Part[length];
        for (int i = 0; i < length; i++) {
            parts[i] = repeated(depth);
        }
        return out -> {
            for (Part part : parts) {
                part.write(out);
            }
        };
    }

    private Part repeated(int depth) {
        Part part = atom(depth);
        if (!chance(4)) {
            return part;
        }
        text.append(quotes || !chance(30) ? "" : "\\Q\\E").append(one(COUNTS));
        return out -> {
            for (int n = random.nextInt(4); n > 0; n--) {
                part.write(out);
            }
        };
    }

    private Part atom(int depth) {
        switch (random.nextInt(depth > 0 ? 16 : 12)) {
            case 0:
                text.append('.');
                return letter();
            case 1:
                return bracketed();
            case 2:
                text.append(one(PERL));
                return letter();
            case 3:
                int escape = random.nextInt(ESCAPES.size());
                text.append(ESCAPES.get(escape));
                return literal(ESCAPED.get(escape));
            case 4:
                text.append(one(PLACES));
                return chance(3) ? letter() : out -> {};
            case 5:
                return quotedOrRare();
            case 12, 13, 14:
                return group(depth);
            case 15:
                text.append("(?").append(one(FLAGS)).append(')');
                return sequence(depth - 1);
            default:
                String letter = one(LETTERS);
                text.append(letter);
                return literal(letter);
        }
    }

    private Part group(int depth) {
        text.append(one(List.of("(", "(?:", "(?P<n" + text.length() + ">", "(?" + one(FLAGS) + ":")));
        Part inner = choice(depth - 1);
        text.append(')');
        return inner;
    }

    private Part quotedOrRare() {
        switch (random.nextInt(4)) {
            case 0:
                String quoted = one(LETTERS) + one(List.of("", ".", "*", "a|b", "\\", "["));
                quotes = chance(20);
                text.append("\\Q").append(quoted).append(quotes ? "" : "\\E");
                return literal(quoted);
            case 1:
                String brace = one(BRACES);
                text.append(brace);
                return literal(brace);
            case 2:
                if (unicode) {
                    text.append(one(UNICODE));
                }
                return letter();
            default:
                String letters = one(LETTERS) + one(LETTERS);
                text.append(letters);
                return literal(letters);
        }
    }

    private Part bracketed() {
        text.append(chance(3) ? "[^" : "[");
        int members = 1 + random.nextInt(3);
        Part near = letter();
        for (int i = 0; i < members; i++) {
            switch (random.nextInt(9)) {
                case 0 -> text.append(one(PERL));
                case 1 -> text.append("[:").append(one(POSIX)).append(":]");
                case 2 ->
                    text.append(one(List.of("a-c", "0-9", "A-Z", "a-z", " --", "é-ſ", "\\x00-\\x1f", "k-\\x{17f}")));
                case 3 -> text.append(one(ESCAPES));
                case 4 -> text.append(unicode ? one(UNICODE) : "-");
                case 5 -> text.append(one(List.of("-", "]", "[", ".", "$", "^", "[:", "+-[:", "a-b-c", "(", "|")));
                default -> {
                    String letter = one(LETTERS);
                    if (letter.codePointAt(0) > 0xFF && text.charAt(text.length() - 1) == '-') {
                        text.append('a'); // to fold a large range takes RE2/J long
                    }
                    text.append(letter);
                    near = literal(letter.substring(0, Character.charCount(letter.codePointAt(0))));
                }
            }
        }
        text.append(']');
        return near;
    }

    private Part literal(String what) {
        byte[] exact = what.getBytes(StandardCharsets.UTF_8);
        byte[] upper = what.toUpperCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        return out -> out.writeBytes(chance(8) ? upper : exact);
    }

    private Part letter() {
        return out -> {
            if (chance(6)) {
                out.writeBytes(TROUBLE[random.nextInt(TROUBLE.length)]);
            } else {
                out.writeBytes(one(chance(3) ? ESCAPED : LETTERS).getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    /** Some lines, of which some are near to a match; with bytes that are no text. */
    byte[] lines(Sample sample) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Part letter = letter();
        for (int line = random.nextInt(4); line >= 0; line--) {
            filler(out, letter);
            if (!chance(4)) {
                sample.near().write(out);
            }
            filler(out, letter);
            if (line > 0 || chance(2)) {
                out.writeBytes((chance(5) ? "\r\n" : "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        byte[] bytes = out.toByteArray();
        while (bytes.length > 0 && chance(4)) {
            bytes[random.nextInt(bytes.length)] = TROUBLE[random.nextInt(TROUBLE.length)][0];
        }
        return bytes;
    }

    private void filler(ByteArrayOutputStream out, Part letter) {
        for (int n = chance(2) ? 0 : random.nextInt(chance(30) ? 80 : 4); n > 0; n--) {
            letter.write(out);
        }
    }
}
