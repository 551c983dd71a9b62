package ninja.mig.modules.file;

import java.nio.charset.StandardCharsets;

/**
 * Bytes that every match of a regular expression contains, so that most of a file need not be shown to the expression.
 * Found by a look at its top level alone; where in doubt, there is none.
 *
 * @param bytes one character for each byte of the UTF-8 form; in lower case if {@code anyCase}; empty for none
 * @param anyCase A to Z may stand for a to z
 */
record RequiredText(String bytes, boolean anyCase) {
    private static final int SHORTEST = 2;
    private static final RequiredText NONE = new RequiredText("", false);
    private static final java.util.regex.Pattern FLAGS = java.util.regex.Pattern.compile("\\(\\?[imsU]+\\)");
    private static final java.util.regex.Pattern ANY_FLAGS = java.util.regex.Pattern.compile("\\(\\?[a-zA-Z-]+\\)");
    private static final java.util.regex.Pattern REPETITION = java.util.regex.Pattern.compile("\\{[0-9]+(,[0-9]*)?}");

    static RequiredText of(String expression) {
        return new Scan(expression).result();
    }

    boolean isEmpty() {
        return bytes.isEmpty();
    }

    /** @param latin1 bytes as characters, in lower case if {@link #anyCase} */
    int find(String latin1, int from) {
        return latin1.indexOf(bytes, from);
    }

    /** One pass over an expression, collecting runs of plain characters. */
    private static final class Scan {
        private final String expression;
        private final boolean anyCase;
        private int at;
        private final StringBuilder run = new StringBuilder();
        private int beforeLast;
        private String best = "";

        Scan(String expression) {
            this.expression = expression;
            java.util.regex.Matcher flags = FLAGS.matcher(expression);
            boolean hasFlags = flags.lookingAt();
            this.anyCase = hasFlags && flags.group().contains("i");
            this.at = hasFlags ? flags.end() : 0;
        }

        RequiredText result() {
            while (at < expression.length()) {
                if (!step()) {
                    return NONE;
                }
            }
            endRun();
            return best.length() < SHORTEST ? NONE : new RequiredText(best, anyCase);
        }

        /** @return whether what follows is understood */
        private boolean step() {
            char c = expression.charAt(at);
            switch (c) {
                case '|':
                    return false;
                case '(':
                    endRun();
                    return skipGroup();
                case '[':
                    endRun();
                    return skipClass();
                case '\\':
                    return escape();
                case '*', '?':
                    run.setLength(beforeLast);
                    endRun();
                    at++;
                    return true;
                case '{':
                    run.setLength(beforeLast);
                    endRun();
                    java.util.regex.Matcher repetition =
                            REPETITION.matcher(expression).region(at, expression.length());
                    at = repetition.lookingAt() ? repetition.end() : at + 1;
                    return true;
                case '+', '.', '^', '$':
                    endRun();
                    at++;
                    return true;
                default:
                    int codePoint = expression.codePointAt(at);
                    plain(codePoint);
                    at += Character.charCount(codePoint);
                    return true;
            }
        }

        private void plain(int c) {
            // U+FFFD stands for bytes that are no text; k and s have relatives beyond ASCII in any-case expressions.
            boolean uncertain = c < 0x20 || c == 0xFFFD || anyCase && (c >= 0x80 || "kKsS".indexOf(c) >= 0);
            if (uncertain) {
                endRun();
                return;
            }
            beforeLast = run.length();
            int written = anyCase && c >= 'A' && c <= 'Z' ? c + 32 : c;
            run.append(new String(
                    Character.toString(written).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        }

        private boolean escape() {
            if (at + 1 >= expression.length()) {
                return false;
            }
            char c = expression.charAt(at + 1);
            if ("dDsSwWbBAzafnrtv".indexOf(c) >= 0) {
                endRun();
            } else if (c < 0x80 && !Character.isLetterOrDigit(c)) {
                plain(c);
            } else {
                return false;
            }
            at += 2;
            return true;
        }

        private boolean skipGroup() {
            if (ANY_FLAGS.matcher(expression).region(at, expression.length()).lookingAt()) {
                return false; // flags that hold from here on
            }
            int depth = 0;
            while (at < expression.length()) {
                char c = expression.charAt(at);
                if (c == '\\') {
                    if (expression.startsWith("\\Q", at)) {
                        return false;
                    }
                    at += 2;
                } else if (c == '[') {
                    if (!skipClass()) {
                        return false;
                    }
                } else {
                    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                    at++;
                    if (depth == 0) {
                        return true;
                    }
                }
            }
            return false;
        }

        private boolean skipClass() {
            at++;
            if (at < expression.length() && expression.charAt(at) == '^') {
                at++;
            }
            if (at < expression.length() && expression.charAt(at) == ']') {
                at++;
            }
            while (at < expression.length()) {
                char c = expression.charAt(at);
                if (c == '\\') {
                    if (expression.startsWith("\\Q", at)) {
                        return false;
                    }
                    at += 2;
                } else if (expression.startsWith("[:", at) && expression.indexOf(":]", at) > 0) {
                    at = expression.indexOf(":]", at) + 2;
                } else if (c == ']') {
                    at++;
                    return true;
                } else {
                    at++;
                }
            }
            return false;
        }

        private void endRun() {
            if (run.length() > best.length()) {
                best = run.toString();
            }
            run.setLength(0);
            beforeLast = 0;
        }
    }
}
