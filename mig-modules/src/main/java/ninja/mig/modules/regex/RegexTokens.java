package ninja.mig.modules.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Steps over an expression, part by part, as RE2/J reads it: the one place that knows where escapes, quotes, groups and
 * classes end. What does not compile can be read too; from where RE2/J refuses it on, the parts may be anything.
 */
public final class RegexTokens {
    /** What a part is. */
    public enum Kind {
        /** Of a group, with its name or flags. */
        OPEN,
        CLOSE,
        /** Such as {@code (?i)}: no group, and nothing that a repetition refers to. */
        FLAGS,
        OR,
        /** Of the part or group before it; flags do not come between. */
        REPETITION,
        /** A character or a class. */
        CHARACTER,
        /** A dot or a place. */
        OTHER,
        END
    }

    /**
     * What a character may be: a range, or a class with a name such as {@code \d} or {@code [:alpha:]}.
     *
     * @param text as it is written
     * @param from -1 if it is no range
     * @param to inclusive; -1 if it is no range
     */
    public record Member(String text, int from, int to) {
        /** Of one at least. If not, its text tells what it is. */
        public boolean isRange() {
            return from >= 0 && to >= 0;
        }
    }

    private static final Pattern COUNTS = Pattern.compile("\\{(0|[1-9][0-9]{0,3})(,(0|[1-9][0-9]{0,3})?)?}");
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9A-Fa-f]{2}|\\{0*[0-9A-Fa-f]{1,6}}");
    private static final Pattern OCTAL = Pattern.compile("[0-7]{2,3}|0");
    private static final String CONTROL_LETTERS = "afnrtv";
    private static final String CONTROLS = "\u0007\f\n\r\t\u000b";
    private static final int NO_LETTER = -1;

    private final String expression;
    private int start;
    private int at;
    private int quoteEnd = -1;
    private Kind kind = Kind.END;
    private List<Member> members = List.of();
    private int least;
    private int most;

    /** Stands before the first part. */
    public RegexTokens(String expression) {
        this.expression = expression;
    }

    /** @return false at the end */
    public boolean next() {
        passQuoteMarks();
        start = at;
        members = List.of();
        if (!more()) {
            kind = Kind.END;
        } else {
            kind = quoteEnd >= 0 ? character(pop()) : part(pop());
        }
        return kind != Kind.END;
    }

    public Kind kind() {
        return kind;
    }

    /** As it is written. */
    public String text() {
        return expression.substring(start, at);
    }

    /** Where it ends in the expression. */
    public int end() {
        return at;
    }

    /** Of a {@link Kind#CHARACTER}: what it may be, or may not if its text begins with {@code [^}. */
    public List<Member> members() {
        return members;
    }

    /** Of a {@link Kind#REPETITION}. */
    public int least() {
        return least;
    }

    /** Of a {@link Kind#REPETITION}; -1 for no limit. */
    public int most() {
        return most;
    }

    private void passQuoteMarks() {
        while (more()) {
            if (at == quoteEnd) {
                at += 2;
                quoteEnd = -1;
            } else if (quoteEnd < 0 && accept("\\Q")) {
                int close = expression.indexOf("\\E", at);
                quoteEnd = close < 0 ? expression.length() : close;
            } else {
                return;
            }
        }
    }

    private boolean more() {
        return at < expression.length();
    }

    private boolean follows(String what) {
        return expression.startsWith(what, at);
    }

    private boolean accept(String what) {
        boolean follows = follows(what);
        at += follows ? what.length() : 0;
        return follows;
    }

    private int pop() {
        int c = expression.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    /** To the end of the expression if there is none. */
    private void passNext(String what) {
        int found = expression.indexOf(what, at);
        at = found < 0 ? expression.length() : found + what.length();
    }

    private Kind part(int first) {
        return switch (first) {
            case '(' -> group();
            case ')' -> Kind.CLOSE;
            case '|' -> Kind.OR;
            case '*' -> repetition(0, -1);
            case '+' -> repetition(1, -1);
            case '?' -> repetition(0, 1);
            case '{' -> counts();
            case '[' -> brackets();
            case '.', '^', '$' -> Kind.OTHER;
            case '\\' -> accept("A") || accept("z") || accept("b") || accept("B") ? Kind.OTHER : character(escaped());
            default -> character(first);
        };
    }

    private Kind character(int letter) {
        members = List.of(new Member(text(), letter, letter));
        return Kind.CHARACTER;
    }

    private Kind group() {
        if (follows("?P<") || follows("?<")) {
            passNext(">");
        } else if (accept("?")) {
            while (more()) {
                int c = pop();
                if (c == ':' || c == ')') {
                    return c == ')' ? Kind.FLAGS : Kind.OPEN;
                }
            }
        }
        return Kind.OPEN;
    }

    /** A question mark behind it asks for as few as possible. */
    private Kind repetition(int fewest, int atMost) {
        least = fewest;
        most = atMost;
        accept("?");
        return Kind.REPETITION;
    }

    /** A brace that begins no counts stands for itself. */
    private Kind counts() {
        Matcher counts = COUNTS.matcher(expression).region(start, expression.length());
        if (!counts.lookingAt()) {
            return character('{');
        }
        at = counts.end();
        int fewest = Integer.parseInt(counts.group(1));
        if (counts.group(2) == null) {
            return repetition(fewest, fewest);
        }
        return repetition(fewest, counts.group(3) == null ? -1 : Integer.parseInt(counts.group(3)));
    }

    /** Up to the bracket that closes; the first one does not, but stands for itself. */
    private Kind brackets() {
        accept("^");
        members = new ArrayList<>();
        while (more() && (members.isEmpty() || !follows("]"))) {
            members.add(member());
        }
        accept("]");
        return Kind.CHARACTER;
    }

    private Member member() {
        int first = at;
        int from = NO_LETTER;
        int to = NO_LETTER;
        if (follows("[:") && expression.indexOf(":]", at) >= 0) {
            passNext(":]");
        } else {
            from = letter();
            to = from >= 0 && !follows("-]") && accept("-") ? letter() : from;
        }
        return new Member(expression.substring(first, at), from, to);
    }

    private int letter() {
        int c = more() ? pop() : NO_LETTER;
        return c == '\\' ? escaped() : c;
    }

    /** What follows a backslash: no letter if it is a class, or nothing that RE2/J knows. */
    private int escaped() {
        int c = more() ? pop() : NO_LETTER;
        switch (c) {
            case 'p', 'P' -> {
                if (follows("{")) {
                    passNext("}");
                } else if (more()) {
                    pop();
                }
                return NO_LETTER;
            }
            case 'x' -> {
                return number(HEXADECIMAL, 16);
            }
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                at--;
                return number(OCTAL, 8);
            }
            default -> {
                int control = CONTROL_LETTERS.indexOf(c);
                if (control >= 0) {
                    return CONTROLS.charAt(control);
                }
                return c < 0x80 && Character.isLetterOrDigit(c) ? NO_LETTER : c;
            }
        }
    }

    private int number(Pattern form, int radix) {
        Matcher number = form.matcher(expression).region(at, expression.length());
        if (!number.lookingAt()) {
            return NO_LETTER;
        }
        at = number.end();
        int letter = Integer.parseInt(number.group().replaceAll("[{}]", ""), radix);
        return letter <= Character.MAX_CODE_POINT ? letter : NO_LETTER;
    }
}
