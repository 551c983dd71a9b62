package ninja.mig.modules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * The regular expressions of all modules: RE2, linear in the text. The engine itself does not bound the size of what it
 * compiles: nested repetitions and groups could exhaust memory and stack, and it never gets done with some letters if case
 * does not matter, so that all that is looked for first.
 */
public final class Regex {
    /** Characters and groups of an expression, each as often as its repetitions say. */
    private static final long LARGEST = 50_000;

    private static final int DEEPEST = 200;

    private static final java.util.regex.Pattern REPETITION =
            java.util.regex.Pattern.compile("\\{([0-9]{1,9})(?:,([0-9]{0,9}))?}");

    private Regex() {}

    /** @param name what the expression is called in the refusal */
    public static Pattern compile(String name, String expression) throws InvalidParametersException {
        if (expression.isEmpty()) {
            throw new InvalidParametersException(name + ": the expression is empty");
        }
        if (expression.length() > LARGEST || size(expression) > LARGEST) {
            throw new InvalidParametersException(name + ": '" + start(expression) + "' is too large an expression");
        }
        if (CaseFolding.isEndless(expression)) {
            throw new InvalidParametersException(name + ": '" + start(expression)
                    + "' has too many letters to compare without regard to case, or one from U+1C80 to U+1C88, which cannot be"
                    + " compared so: leave them out of its ranges");
        }
        try {
            Pattern compiled = Pattern.compile(expression);
            return CaseFolding.happens(expression) && expression.indexOf('|') >= 0
                    ? Pattern.compile(unfactored(expression))
                    : compiled;
        } catch (PatternSyntaxException e) {
            throw new InvalidParametersException(
                    name + ": '" + start(expression) + "' is not a regular expression: " + e.getDescription(), e);
        } catch (StackOverflowError e) {
            throw new InvalidParametersException(name + ": '" + start(expression) + "' is nested too deeply", e);
        }
    }

    /**
     * RE2/J takes a letter with which several alternatives begin out of them, also if case matters to the first alone: {@code
     * S|(?i:s)x} would not match {@code sx}. It does not if each but the first begins with nothing.
     */
    private static String unfactored(String expression) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < expression.length(); i++) {
            int end;
            if (expression.startsWith("\\Q", i)) {
                int quoteEnd = expression.indexOf("\\E", i);
                end = quoteEnd < 0 ? expression.length() - 1 : quoteEnd + 1;
            } else {
                end = Math.min(endOfAtom(expression, i), expression.length() - 1);
            }
            text.append(expression, i, end + 1);
            if (end == i && expression.charAt(i) == '|') {
                text.append("(?:)");
            }
            i = end;
        }
        return text.toString();
    }

    private static String start(String expression) {
        return Printable.line(expression.length() <= 200 ? expression : expression.substring(0, 200) + "...");
    }

    /**
     * How large an expression is: its characters and groups, each as often as its repetitions say. An upper bound, roughly; of
     * expressions that do not compile, anything.
     */
    public static long size(String expression) {
        long[] sizes = new long[DEEPEST + 1];
        int depth = 0;
        long last = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '(') {
                if (++depth > DEEPEST) {
                    return Long.MAX_VALUE;
                }
                sizes[depth] = 2;
                last = 0;
            } else if (c == ')' && depth > 0) {
                last = sizes[depth--];
                sizes[depth] += last;
            } else if (c == '{') {
                java.util.regex.Matcher repetition =
                        REPETITION.matcher(expression).region(i, expression.length());
                if (repetition.lookingAt()) {
                    long times = times(repetition);
                    long more = last * (times - 1);
                    sizes[depth] += more;
                    last += more;
                    i = repetition.end() - 1;
                }
            } else {
                i = endOfAtom(expression, i);
                last = 1;
                sizes[depth]++;
            }
            if (sizes[depth] > LARGEST) {
                return sizes[depth];
            }
        }
        return sizes[0];
    }

    private static long times(java.util.regex.Matcher repetition) {
        long least = Long.parseLong(repetition.group(1));
        String most = repetition.group(2);
        return Math.max(1, most == null || most.isEmpty() ? least + 1 : Math.max(least, Long.parseLong(most)));
    }

    private static int endOfAtom(String expression, int i) {
        char c = expression.charAt(i);
        if (c == '\\') {
            return i + 1;
        }
        if (c != '[') {
            return i;
        }
        int end = i + 1;
        if (end < expression.length() && expression.charAt(end) == '^') {
            end++;
        }
        if (end < expression.length() && expression.charAt(end) == ']') {
            end++;
        }
        while (end < expression.length() && expression.charAt(end) != ']') {
            if (expression.charAt(end) == '\\') {
                end++;
            } else if (expression.startsWith("[:", end)) {
                int close = expression.indexOf(":]", end);
                end = close < 0 ? end : close + 1;
            }
            end++;
        }
        return end;
    }
}
