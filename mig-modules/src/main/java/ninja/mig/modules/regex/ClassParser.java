package ninja.mig.modules.regex;

import java.util.Map;

/** Reads what stands for one code point: escapes, and classes in brackets. */
final class ClassParser {
    private static final CodeSet DIGIT = CodeSet.of('0', '9');
    private static final CodeSet SPACE = CodeSet.ofEach("\t\n\f\r ");
    private static final CodeSet WORD = CodeSet.of('0', '9', 'A', 'Z', 'a', 'z', '_', '_');
    private static final Map<String, CodeSet> NAMED = Map.ofEntries(
            Map.entry("alnum", CodeSet.of('0', '9', 'A', 'Z', 'a', 'z')),
            Map.entry("alpha", CodeSet.of('A', 'Z', 'a', 'z')),
            Map.entry("ascii", CodeSet.of(0, 0x7F)),
            Map.entry("blank", CodeSet.ofEach("\t ")),
            Map.entry("cntrl", CodeSet.of(0, 0x1F, 0x7F, 0x7F)),
            Map.entry("digit", DIGIT),
            Map.entry("graph", CodeSet.of('!', '~')),
            Map.entry("lower", CodeSet.of('a', 'z')),
            Map.entry("print", CodeSet.of(' ', '~')),
            Map.entry("punct", CodeSet.of('!', '/', ':', '@', '[', '`', '{', '~')),
            Map.entry("space", CodeSet.of('\t', '\r', ' ', ' ')),
            Map.entry("upper", CodeSet.of('A', 'Z')),
            Map.entry("word", WORD),
            Map.entry("xdigit", CodeSet.of('0', '9', 'A', 'F', 'a', 'f')));

    private final String text;
    private final JudgedSets sets;
    private int at;

    ClassParser(String text, JudgedSets sets) {
        this.text = text;
        this.sets = sets;
    }

    /** Where what was read last ends. */
    int end() {
        return at;
    }

    /** RE2/J's search for literal text knows halves of characters, which decoded text never has alone. */
    static CodeSet character(int c) throws NotUnderstoodException {
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            throw new NotUnderstoodException("half a character");
        }
        return CodeSet.of(c, c);
    }

    /** A class with one letter, or one of Unicode: what the backslash at {@code from} begins. */
    CodeSet escaped(int from, boolean anyCase) throws NotUnderstoodException {
        char c = text.charAt(from + 1);
        at = from + 2;
        if (c == 'p' || c == 'P') {
            at = text.charAt(at) == '{' ? closing("}", at) : text.offsetByCodePoints(at, 1);
            return sets.membersOf(text.substring(from, at), anyCase);
        }
        CodeSet set = c == 'd' || c == 'D' ? DIGIT : c == 's' || c == 'S' ? SPACE : WORD;
        return sign(set, anyCase, Character.isUpperCase(c));
    }

    private static CodeSet sign(CodeSet ascii, boolean anyCase, boolean negated) {
        CodeSet set = anyCase ? ascii.inAnyCase() : ascii;
        return negated ? set.negated() : set;
    }

    private int closing(String what, int from) throws NotUnderstoodException {
        int end = text.indexOf(what, from);
        if (end < 0) {
            throw new NotUnderstoodException("a class without end");
        }
        return end + what.length();
    }

    /** The class whose bracket opens at {@code from}. */
    CodeSet bracketed(int from, boolean anyCase) throws NotUnderstoodException {
        at = from + 1;
        boolean negated = text.charAt(at) == '^';
        if (negated) {
            at++;
        }
        CodeSet members = CodeSet.NONE;
        for (boolean first = true; first || text.charAt(at) != ']'; first = false) {
            if (text.startsWith("[:", at) && text.indexOf(":]", at + 2) >= 0) {
                members = members.and(named(anyCase));
            } else if (text.startsWith("\\p", at) || text.startsWith("\\P", at)) {
                members = members.and(escaped(at, anyCase));
            } else if (text.charAt(at) == '\\' && "dDsSwW".indexOf(text.charAt(at + 1)) >= 0) {
                members = members.and(escaped(at, anyCase));
            } else {
                CodeSet range = range();
                members = members.and(anyCase ? sets.inAnyCase(range) : range);
            }
        }
        at++;
        return negated ? members.negated() : members;
    }

    private CodeSet named(boolean anyCase) throws NotUnderstoodException {
        int end = closing(":]", at + 2);
        String name = text.substring(at + 2, end - 2);
        boolean negated = name.startsWith("^");
        CodeSet set = NAMED.get(negated ? name.substring(1) : name);
        if (set == null) {
            throw new NotUnderstoodException("class " + name);
        }
        at = end;
        return sign(set, anyCase, negated);
    }

    private CodeSet range() throws NotUnderstoodException {
        int low = member();
        if (text.charAt(at) == '-' && text.charAt(at + 1) != ']') {
            at++;
            int high = member();
            character(low);
            character(high);
            return CodeSet.of(low, high);
        }
        return character(low);
    }

    private int member() throws NotUnderstoodException {
        if (text.charAt(at) == '\\') {
            return escapedCharacter(at);
        }
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    /** The character that the backslash at {@code from} begins. */
    int escapedCharacter(int from) throws NotUnderstoodException {
        char c = text.charAt(from + 1);
        at = from + 2;
        switch (c) {
            case 'a':
                return 7;
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return 0x0B;
            case 'x':
                return hexadecimal();
            default:
                if (c >= '0' && c <= '7') {
                    return octal(from + 1);
                }
                if (c < 0x80 && !Character.isLetterOrDigit(c)) {
                    return c;
                }
                throw new NotUnderstoodException("\\" + c);
        }
    }

    /** Up to three digits; two at least, unless it is a zero, as it would be a reference to a group. */
    private int octal(int from) throws NotUnderstoodException {
        int value = 0;
        at = from;
        while (at < text.length() && at < from + 3 && text.charAt(at) >= '0' && text.charAt(at) <= '7') {
            value = value * 8 + text.charAt(at) - '0';
            at++;
        }
        if (at == from + 1 && value != 0) {
            throw new NotUnderstoodException("a reference to a group");
        }
        return value;
    }

    private int hexadecimal() throws NotUnderstoodException {
        boolean braces = text.charAt(at) == '{';
        int start = braces ? at + 1 : at;
        int end = braces ? closing("}", at) - 1 : at + 2;
        String digits = text.substring(start, end);
        if (!digits.matches("[0-9a-fA-F]{1,8}")) {
            throw new NotUnderstoodException("\\x" + digits);
        }
        at = braces ? end + 1 : end;
        return checked(Long.parseLong(digits, 16));
    }

    private static int checked(long c) throws NotUnderstoodException {
        if (c > Character.MAX_CODE_POINT) {
            throw new NotUnderstoodException("no character");
        }
        return (int) c;
    }
}
