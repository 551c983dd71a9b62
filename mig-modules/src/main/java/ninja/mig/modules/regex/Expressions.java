package ninja.mig.modules.regex;

import com.google.re2j.Pattern;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Regex;
import ninja.mig.modules.regex.BytePattern.Tuning;

/**
 * Compiles the expressions of one run, which share what there is: the size of all together is bounded, and so are the tables
 * of their automata and the classes of Unicode that they may ask for.
 */
public final class Expressions {
    /** Of all together, as {@link Regex#size} counts. */
    private static final long LARGEST = 200_000;

    /** Of the tables of one thread, in ints. */
    private static final int TABLES = 1 << 20;

    private static final int SMALLEST_TABLE = 1024;

    /** Of the tables for alternatives, about 70 bytes each. */
    private static final int GRAMS = 1 << 16;

    private static final int FEWEST_GRAMS = 16;
    private static final int UNICODE_CLASSES = 16;

    private final JudgedSets sets = new JudgedSets(UNICODE_CLASSES);
    private final Tuning tuning;
    private long size;

    /** @param number how many there will be */
    public Expressions(int number) {
        int share = Math.max(SMALLEST_TABLE, TABLES / Math.max(1, number));
        int grams = Math.max(FEWEST_GRAMS, GRAMS / Math.max(1, number));
        this.tuning = new Tuning(
                true, true, Math.min(share, Tuning.USUAL.automatonInts()), Math.min(grams, Tuning.USUAL.grams()));
    }

    /**
     * An expression on bytes.
     *
     * @param name what it is called in the refusal
     * @throws InvalidParametersException if it is none, or too large, or all together are
     */
    public BytePattern compile(String name, String expression) throws InvalidParametersException {
        BytePattern compiled = BytePattern.compile(name, expression, sets, tuning);
        take(name, expression);
        return compiled;
    }

    /** An expression on text, as {@link #compile}. */
    public Pattern compileForText(String name, String expression) throws InvalidParametersException {
        Pattern compiled = Regex.compile(name, expression);
        take(name, expression);
        return compiled;
    }

    private void take(String name, String expression) throws InvalidParametersException {
        size += Regex.size(expression);
        if (size > LARGEST) {
            throw new InvalidParametersException(name + ": the expressions of all searches together have more than "
                    + LARGEST + " characters, each counted as often as its repetitions say");
        }
    }
}
