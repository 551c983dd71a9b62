package ninja.mig.target;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import ninja.mig.model.Action;
import ninja.mig.model.RejectedException;

/**
 * The lexical check of a target: one condition made of identifiers, numbers, plain strings, operators and balanced
 * parentheses, that calls nothing but a fixed list of harmless functions. Used by whoever writes, accepts or runs an
 * action. It is the first of two layers; the second is the database's function {@code mig_agents_by_target}.
 */
public final class TargetExpression {
    private static final int MAX_DEPTH = 32;

    /** SQL words that a parenthesis may follow. */
    private static final Set<String> KEYWORDS = Set.of(
            "in",
            "any",
            "all",
            "some",
            "exists",
            "and",
            "or",
            "not",
            "select",
            "from",
            "where",
            "values",
            "case",
            "when",
            "then",
            "else",
            "between",
            "like",
            "ilike",
            "as",
            "on",
            "cast",
            "interval",
            "array",
            "row",
            "distinct",
            "by",
            "having");

    private static final Set<String> FUNCTIONS = Set.of(
            "now",
            "lower",
            "upper",
            "length",
            "char_length",
            "substring",
            "position",
            "trim",
            "btrim",
            "ltrim",
            "rtrim",
            "left",
            "right",
            "split_part",
            "strpos",
            "replace",
            "coalesce",
            "nullif",
            "greatest",
            "least",
            "count",
            "sum",
            "min",
            "max",
            "avg",
            "bool_and",
            "bool_or",
            "date_trunc",
            "date_part",
            "extract",
            "age",
            "to_timestamp",
            "to_char",
            "json_array_elements",
            "json_array_elements_text",
            "json_array_length",
            "json_each",
            "json_each_text",
            "json_extract_path",
            "json_extract_path_text",
            "json_object_keys",
            "json_typeof",
            "regexp_replace",
            "inet",
            "host",
            "masklen",
            "family",
            "text",
            "varchar",
            "integer",
            "int",
            "bigint",
            "numeric",
            "timestamp",
            "timestamptz",
            "date");

    /** Words that make more of a condition than a question. */
    private static final Set<String> FORBIDDEN = Set.of("into", "information_schema", "operator");

    private static final List<String> STRING_PREFIXES = List.of("e", "u&", "b", "x", "n");

    private final String text;
    private int at;
    private final Deque<Character> open = new ArrayDeque<>();
    private String previousWord = "";

    private TargetExpression(String text) {
        this.text = text;
    }

    /**
     * Refuses a target that is more than a harmless condition.
     *
     * @throws RejectedException says which rule is broken, and where
     */
    public static void check(String target) throws RejectedException {
        if (target.isBlank()) {
            throw new RejectedException("target is empty");
        }
        if (target.codePointCount(0, target.length()) > Action.MAX_TEXT) {
            throw new RejectedException("target is longer than " + Action.MAX_TEXT + " characters");
        }
        new TargetExpression(target).scan();
    }

    private void scan() throws RejectedException {
        while (at < text.length()) {
            token();
        }
        if (!open.isEmpty()) {
            throw refused("'" + open.peek() + "' is never closed");
        }
    }

    private void token() throws RejectedException {
        char c = text.charAt(at);
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            at++;
        } else if (c < 0x20 || c == 0x7f) {
            throw refused("control character");
        } else if (c == '\'') {
            string();
        } else if (c == '"') {
            quotedIdentifier();
        } else if (isWordStart(c)) {
            word();
        } else if (c >= '0' && c <= '9') {
            number();
        } else {
            symbol(c);
        }
    }

    private void symbol(char c) throws RejectedException {
        if (c == '(' || c == '[') {
            open.push(c);
            if (open.size() > MAX_DEPTH) {
                throw refused("parentheses are nested deeper than " + MAX_DEPTH);
            }
        } else if (c == ')' || c == ']') {
            if (open.isEmpty() || open.pop() != (c == ')' ? '(' : '[')) {
                throw refused("'" + c + "' closes nothing");
            }
        } else if (lookingAt("--") || lookingAt("/*")) {
            throw refused("comments are not allowed");
        } else if ("=<>!~+-*/%^&|#@?.,:".indexOf(c) < 0) {
            throw refused("'" + c + "' is not allowed here");
        }
        previousWord = "";
        at++;
    }

    private void string() throws RejectedException {
        int start = at++;
        while (true) {
            int quote = text.indexOf('\'', at);
            if (quote < 0) {
                at = start;
                throw refused("the string is never closed");
            }
            at = quote + 1;
            if (at >= text.length() || text.charAt(at) != '\'') {
                break;
            }
            at++;
        }
        checkControls(start, at);
        previousWord = "";
    }

    private void quotedIdentifier() throws RejectedException {
        int start = at;
        int quote = text.indexOf('"', at + 1);
        if (quote < 0) {
            throw refused("the quoted name is never closed");
        }
        at = quote + 1;
        if (at < text.length() && text.charAt(at) == '"') {
            throw refused("a quoted name must not contain quotes");
        }
        checkControls(start, at);
        checkName(text.substring(start + 1, quote).toLowerCase(Locale.ROOT), start);
        if (nextIs('(')) {
            throw refused("a quoted name must not be called");
        }
        previousWord = "";
    }

    private void word() throws RejectedException {
        int start = at;
        while (at < text.length() && isWordPart(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at).toLowerCase(Locale.ROOT);
        if (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"') && STRING_PREFIXES.contains(word)
                || word.equals("u") && (lookingAt("&'") || lookingAt("&\""))) {
            at = start;
            throw refused("only plain '...' strings are allowed");
        }
        checkName(word, start);
        if (nextIs('(') && !KEYWORDS.contains(word) && !FUNCTIONS.contains(word)) {
            at = start;
            throw refused("function '" + word + "' is not allowed");
        }
        if (previousWord.equals("for") && Set.of("update", "share", "no", "key").contains(word)) {
            throw refused("row locks are not allowed");
        }
        previousWord = word;
    }

    private void checkName(String name, int start) throws RejectedException {
        if (FORBIDDEN.contains(name) || name.startsWith("pg_") || name.startsWith("lo_")) {
            at = start;
            throw refused("'" + name + "' is not allowed");
        }
    }

    private void number() throws RejectedException {
        while (at < text.length() && (isWordPart(text.charAt(at)) || text.charAt(at) == '.')) {
            if (text.charAt(at) == '$') {
                throw refused("'$' is not allowed here");
            }
            at++;
        }
        if (nextIs('(')) {
            throw refused("a number cannot be called");
        }
        previousWord = "";
    }

    private void checkControls(int from, int end) throws RejectedException {
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if (c < 0x20 && c != '\t' && c != '\r' && c != '\n' || c == 0x7f) {
                at = i;
                throw refused("control character");
            }
        }
    }

    /** Whether the next character that is no blank is this one. */
    private boolean nextIs(char wanted) {
        int i = at;
        while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i < text.length() && text.charAt(i) == wanted;
    }

    private boolean lookingAt(String part) {
        return text.startsWith(part, at);
    }

    // PostgreSQL takes any character beyond ASCII as a letter.
    private static boolean isWordStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80;
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || c >= '0' && c <= '9';
    }

    private RejectedException refused(String reason) {
        return new RejectedException("target refused at character " + (at + 1) + ": " + reason);
    }
}
