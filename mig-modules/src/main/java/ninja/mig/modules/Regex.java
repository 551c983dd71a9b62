package ninja.mig.modules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import ninja.mig.modules.regex.RegexTokens;
import ninja.mig.modules.regex.RegexTokens.Kind;

/**
 * The regular expressions of all modules: RE2, linear in the text. The engine itself does not bound the size of what it
 * compiles: nested repetitions and groups could exhaust memory and stack, and it never gets done with some letters if case
 * does not matter, so that all that is looked for first.
 */
public final class Regex {
    /** Characters and groups of an expression, each as often as its repetitions say. */
    private static final long LARGEST = 50_000;

    private static final int DEEPEST = 200;

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
        int copied = 0;
        RegexTokens tokens = new RegexTokens(expression);
        while (tokens.next()) {
            if (tokens.kind() == Kind.OR) {
                text.append(expression, copied, tokens.end()).append("(?:)");
                copied = tokens.end();
            }
        }
        return text.append(expression, copied, expression.length()).toString();
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
        RegexTokens tokens = new RegexTokens(expression);
        while (tokens.next()) {
            switch (tokens.kind()) {
                case OPEN -> {
                    if (++depth > DEEPEST) {
                        return Long.MAX_VALUE;
                    }
                    sizes[depth] = 1 + tokens.text().length();
                }
                case CLOSE -> {
                    if (depth > 0) {
                        last = sizes[depth--];
                        sizes[depth] += last;
                    }
                }
                case FLAGS -> sizes[depth] += tokens.text().length();
                case REPETITION -> {
                    long times = Math.max(1, Math.max(tokens.least(), tokens.most()));
                    long more = last * (times - 1) + 1;
                    sizes[depth] += more;
                    last += more;
                }
                default -> {
                    last = 1;
                    sizes[depth]++;
                }
            }
            if (sizes[depth] > LARGEST) {
                return sizes[depth];
            }
        }
        return sizes[0];
    }
}
