package ninja.mig.modules.regex;

import java.util.ArrayList;
import java.util.List;
import ninja.mig.modules.regex.Node.At;
import ninja.mig.modules.regex.Node.Chars;
import ninja.mig.modules.regex.Node.Choice;
import ninja.mig.modules.regex.Node.Place;
import ninja.mig.modules.regex.Node.Repetition;
import ninja.mig.modules.regex.Node.Sequence;
import ninja.mig.modules.regex.RegexTokens.Kind;

/** Reads an expression that RE2/J has accepted. Where it could be read in two ways, it is not understood. */
final class ExpressionParser {
    private static final CodeSet NOT_LINE_FEED = CodeSet.of('\n', '\n').negated();

    private final RegexTokens tokens;
    private final CodeSets sets;
    private Flags flags = new Flags(false, false, false);

    /** The flags that hold at one place; U does not matter here. */
    record Flags(boolean anyCase, boolean multiLine, boolean dotAll) {
        Flags with(char flag, boolean on) throws NotUnderstoodException {
            return switch (flag) {
                case 'i' -> new Flags(on, multiLine, dotAll);
                case 'm' -> new Flags(anyCase, on, dotAll);
                case 's' -> new Flags(anyCase, multiLine, on);
                case 'U' -> this;
                default -> throw new NotUnderstoodException("flag " + flag);
            };
        }
    }

    private ExpressionParser(String expression, JudgedSets sets) {
        this.tokens = new RegexTokens(expression);
        this.sets = new CodeSets(sets);
        tokens.next();
    }

    static Node parse(String expression, JudgedSets sets) throws NotUnderstoodException {
        ExpressionParser parser = new ExpressionParser(expression, sets);
        Node whole = parser.choice();
        if (parser.tokens.kind() != Kind.END) {
            throw new NotUnderstoodException("a parenthesis too many");
        }
        return whole;
    }

    private Node choice() throws NotUnderstoodException {
        List<Node> branches = new ArrayList<>();
        branches.add(sequence());
        while (tokens.kind() == Kind.OR) {
            tokens.next();
            branches.add(sequence());
        }
        return branches.size() == 1 ? branches.get(0) : new Choice(branches);
    }

    private Node sequence() throws NotUnderstoodException {
        List<Node> parts = new ArrayList<>();
        while (tokens.kind() != Kind.END && tokens.kind() != Kind.OR && tokens.kind() != Kind.CLOSE) {
            if (tokens.kind() == Kind.FLAGS) {
                flags = flagsHere();
                tokens.next();
            } else {
                parts.add(repeated(atom()));
            }
        }
        return parts.size() == 1 ? parts.get(0) : new Sequence(parts);
    }

    private Node atom() throws NotUnderstoodException {
        Node atom =
                switch (tokens.kind()) {
                    case OPEN -> group();
                    case CHARACTER -> new Chars(sets.of(tokens, flags.anyCase()));
                    case OTHER -> other();
                    default -> throw new NotUnderstoodException("a repetition of nothing");
                };
        tokens.next();
        return atom;
    }

    private Node other() throws NotUnderstoodException {
        return switch (tokens.text()) {
            case "." -> new Chars(flags.dotAll() ? CodeSet.ALL : NOT_LINE_FEED);
            case "^" -> new At(flags.multiLine() ? Place.BEGIN_LINE : Place.BEGIN_TEXT);
            case "$" -> new At(flags.multiLine() ? Place.END_LINE : Place.END_TEXT);
            case "\\A" -> new At(Place.BEGIN_TEXT);
            case "\\z" -> new At(Place.END_TEXT);
            case "\\b" -> new At(Place.WORD_BOUNDARY);
            case "\\B" -> new At(Place.NO_WORD_BOUNDARY);
            default -> throw new NotUnderstoodException(tokens.text());
        };
    }

    /** Up to the parenthesis that closes it. */
    private Node group() throws NotUnderstoodException {
        Flags outside = flags;
        flags = flagsHere();
        tokens.next();
        Node inner = choice();
        if (tokens.kind() != Kind.CLOSE) {
            throw new NotUnderstoodException("a parenthesis without end");
        }
        flags = outside;
        return inner;
    }

    /** Those that hold behind a parenthesis with its flags, if it has any. */
    private Flags flagsHere() throws NotUnderstoodException {
        String parenthesis = tokens.text();
        Flags read = flags;
        boolean on = true;
        if (parenthesis.endsWith(">")) {
            return read;
        }
        for (char c : parenthesis.toCharArray()) {
            if (c == '-') {
                on = false;
            } else if ("(?:)".indexOf(c) < 0) {
                read = read.with(c, on);
            }
        }
        return read;
    }

    private Node repeated(Node what) throws NotUnderstoodException {
        if (tokens.kind() != Kind.REPETITION) {
            return what;
        }
        Node repetition = new Repetition(what, tokens.least(), tokens.most());
        tokens.next();
        if (tokens.kind() == Kind.REPETITION) {
            throw new NotUnderstoodException("a repetition of a repetition");
        }
        return repetition;
    }
}
