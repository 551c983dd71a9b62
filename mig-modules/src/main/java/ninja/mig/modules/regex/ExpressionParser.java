package ninja.mig.modules.regex;

import java.util.ArrayList;
import java.util.List;
import ninja.mig.modules.regex.Node.At;
import ninja.mig.modules.regex.Node.Chars;
import ninja.mig.modules.regex.Node.Choice;
import ninja.mig.modules.regex.Node.Place;
import ninja.mig.modules.regex.Node.Repetition;
import ninja.mig.modules.regex.Node.Sequence;

/** Reads an expression that RE2/J has accepted. Where it could be read in two ways, it is not understood. */
final class ExpressionParser {
    private static final CodeSet NOT_LINE_FEED = CodeSet.of('\n', '\n').negated();

    private final String text;
    private final ClassParser classes;
    private final JudgedSets sets;
    private int at;
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

    private ExpressionParser(String text, JudgedSets sets) {
        this.text = text;
        this.sets = sets;
        this.classes = new ClassParser(text, sets);
    }

    static Node parse(String expression, JudgedSets sets) throws NotUnderstoodException {
        try {
            ExpressionParser parser = new ExpressionParser(expression, sets);
            Node whole = parser.choice();
            if (parser.more()) {
                throw new NotUnderstoodException("a parenthesis too many");
            }
            return whole;
        } catch (StringIndexOutOfBoundsException e) {
            throw new NotUnderstoodException("the end comes too early");
        }
    }

    private boolean more() {
        return at < text.length();
    }

    private char peek() {
        return text.charAt(at);
    }

    private boolean accept(String what) {
        if (text.startsWith(what, at)) {
            at += what.length();
            return true;
        }
        return false;
    }

    private Node choice() throws NotUnderstoodException {
        List<Node> branches = new ArrayList<>();
        do {
            branches.add(sequence());
        } while (accept("|"));
        return branches.size() == 1 ? branches.get(0) : new Choice(branches);
    }

    private Node sequence() throws NotUnderstoodException {
        List<Node> parts = new ArrayList<>();
        while (more() && peek() != '|' && peek() != ')') {
            int before = parts.size();
            atom(parts);
            if (parts.size() > before) {
                parts.add(repeated(parts.remove(parts.size() - 1)));
            }
        }
        return parts.size() == 1 ? parts.get(0) : new Sequence(parts);
    }

    /** Appends what a repetition that follows would refer to, last; nothing for flags. */
    private void atom(List<Node> parts) throws NotUnderstoodException {
        switch (peek()) {
            case '(' -> group(parts);
            case '[' -> {
                CodeSet set = classes.bracketed(at, flags.anyCase());
                at = classes.end();
                parts.add(new Chars(set));
            }
            case '.' -> {
                at++;
                parts.add(new Chars(flags.dotAll() ? CodeSet.ALL : NOT_LINE_FEED));
            }
            case '^' -> {
                at++;
                parts.add(new At(flags.multiLine() ? Place.BEGIN_LINE : Place.BEGIN_TEXT));
            }
            case '$' -> {
                at++;
                parts.add(new At(flags.multiLine() ? Place.END_LINE : Place.END_TEXT));
            }
            case '*', '+', '?' -> throw new NotUnderstoodException("a repetition of nothing");
            case '{' -> {
                if (Count.at(text, at) != null) {
                    throw new NotUnderstoodException("a repetition of nothing");
                }
                at++;
                parts.add(literal('{'));
            }
            case '\\' -> escape(parts);
            default -> {
                int c = text.codePointAt(at);
                at += Character.charCount(c);
                parts.add(literal(c));
            }
        }
    }

    private void group(List<Node> parts) throws NotUnderstoodException {
        at++;
        Flags outside = flags;
        if (accept("?P<") || accept("?<")) {
            at = text.indexOf('>', at) + 1;
            if (at == 0) {
                throw new NotUnderstoodException("a name without end");
            }
        } else if (accept("?")) {
            Flags inside = flagsHere();
            if (accept(")")) {
                flags = inside;
                return;
            }
            flags = inside;
            at++;
        }
        Node inner = choice();
        if (!accept(")")) {
            throw new NotUnderstoodException("a parenthesis without end");
        }
        flags = outside;
        parts.add(inner);
    }

    /** Up to the colon or parenthesis that ends them. */
    private Flags flagsHere() throws NotUnderstoodException {
        Flags read = flags;
        boolean on = true;
        for (; peek() != ':' && peek() != ')'; at++) {
            if (peek() == '-') {
                on = false;
            } else {
                read = read.with(peek(), on);
            }
        }
        return read;
    }

    private void escape(List<Node> parts) throws NotUnderstoodException {
        char c = text.charAt(at + 1);
        switch (c) {
            case 'A' -> place(parts, Place.BEGIN_TEXT);
            case 'z' -> place(parts, Place.END_TEXT);
            case 'b' -> place(parts, Place.WORD_BOUNDARY);
            case 'B' -> place(parts, Place.NO_WORD_BOUNDARY);
            case 'Q' -> quoted(parts);
            case 'd', 'D', 's', 'S', 'w', 'W', 'p', 'P' -> {
                parts.add(new Chars(classes.escaped(at, flags.anyCase())));
                at = classes.end();
            }
            default -> {
                int literal = classes.escapedCharacter(at);
                at = classes.end();
                parts.add(literal(literal));
            }
        }
    }

    private void place(List<Node> parts, Place place) {
        at += 2;
        parts.add(new At(place));
    }

    private void quoted(List<Node> parts) throws NotUnderstoodException {
        int end = text.indexOf("\\E", at + 2);
        String inside = text.substring(at + 2, end < 0 ? text.length() : end);
        at = end < 0 ? text.length() : end + 2;
        for (int i = 0; i < inside.length(); i = inside.offsetByCodePoints(i, 1)) {
            parts.add(literal(inside.codePointAt(i)));
        }
    }

    private Node literal(int c) throws NotUnderstoodException {
        CodeSet exact = ClassParser.character(c);
        return new Chars(flags.anyCase() ? sets.inAnyCase(exact) : exact);
    }

    private Node repeated(Node what) throws NotUnderstoodException {
        if (!more()) {
            return what;
        }
        Node repetition;
        switch (peek()) {
            case '*' -> {
                at++;
                repetition = new Repetition(what, 0, -1);
            }
            case '+' -> {
                at++;
                repetition = new Repetition(what, 1, -1);
            }
            case '?' -> {
                at++;
                repetition = new Repetition(what, 0, 1);
            }
            case '{' -> {
                Count count = Count.at(text, at);
                if (count == null) {
                    return what;
                }
                at = count.end();
                repetition = new Repetition(what, count.least(), count.most());
            }
            default -> {
                return what;
            }
        }
        accept("?"); // as few as possible: the same lines
        if (more() && (peek() == '*' || peek() == '+' || peek() == '?' || Count.at(text, at) != null)) {
            throw new NotUnderstoodException("a repetition of a repetition");
        }
        return repetition;
    }
}
