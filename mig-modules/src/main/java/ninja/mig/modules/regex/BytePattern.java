package ninja.mig.modules.regex;

import com.google.re2j.Pattern;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Regex;

/**
 * A regular expression of RE2 that is looked for in bytes. The answers are those of RE2/J on the text that Go decodes from
 * the bytes: each byte that is not part of valid UTF-8 is one U+FFFD. Any number of threads may use it at the same time:
 * each gets an automaton of its own, which it keeps from call to call; {@link Expressions} bounds those of a run.
 *
 * <p>Ranges are {@code from} (inclusive) to {@code to} (exclusive), in bytes. Bytes outside the range have no influence.
 */
public final class BytePattern {
    /** How an expression is searched; the answers are the same. For tests, and for measuring. */
    record Tuning(boolean literals, boolean automaton, int automatonInts, int grams) {
        static final Tuning USUAL = new Tuning(true, true, 64 * 1024, LiteralGrams.MOST);
    }

    private final Pattern judge;
    private final Program program;
    private final ThreadLocal<ByteSearch> searches;

    private BytePattern(Pattern judge, Program program) {
        this.judge = judge;
        this.program = program;
        this.searches = ThreadLocal.withInitial(() -> new ByteSearch(judge, program));
    }

    /**
     * @param name what the expression is called in the refusal
     * @param expression as {@link Regex} bounds it
     * @throws InvalidParametersException if it is none, or too large
     */
    public static BytePattern compile(String name, String expression) throws InvalidParametersException {
        return compile(name, expression, new JudgedSets(), Tuning.USUAL);
    }

    static BytePattern compile(String name, String expression, JudgedSets sets, Tuning tuning)
            throws InvalidParametersException {
        Pattern judge = Regex.compile(name, expression);
        return new BytePattern(judge, Program.of(judge, sets, tuning));
    }

    Program program() {
        return program;
    }

    /** The same expression, for text that is decoded already. */
    public Pattern judge() {
        return judge;
    }

    /** Whether it matches somewhere in the bytes as one text: {@code ^} and {@code $} are its ends, line feeds are ordinary. */
    public boolean find(byte[] bytes, int from, int to) {
        return search().find(bytes, from, to);
    }

    /**
     * The first line that it matches. Lines end with a line feed, before which one carriage return is left out; the last
     * may lack the line feed and counts if it is not empty. {@code ^} and {@code $} are the ends of the line.
     *
     * @param from where a line starts
     * @return where the line starts, or -1
     */
    public int findLine(byte[] bytes, int from, int to) {
        return search().findLine(bytes, from, to);
    }

    /**
     * The first line that it does not match.
     *
     * @return where the line starts, or -1
     * @see #findLine
     */
    public int findOtherLine(byte[] bytes, int from, int to) {
        return search().findOtherLine(bytes, from, to);
    }

    /** This thread's own. */
    private ByteSearch search() {
        return searches.get();
    }

    @Override
    public String toString() {
        return judge.pattern();
    }
}
