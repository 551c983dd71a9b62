package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The number of an action, a command, an agent, an investigator or a request; 0 stands for "none". Numbers have at most
 * 53 bits, since other programs hold them in doubles.
 */
public record MigId(long value) implements Comparable<MigId> {
    /** Largest number that a double holds exactly. */
    public static final long MAX = (1L << 53) - 1;

    /** No number yet. */
    public static final MigId NONE = new MigId(0);

    public MigId {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException("an id is a number from 0 to " + MAX + ", not " + value);
        }
    }

    /** Reads any JSON number, also {@code 4.69e+12}, as programs of the original write them. */
    @JsonCreator
    public static MigId of(double number) {
        if (!(number >= 0 && number <= MAX) || number != Math.rint(number)) {
            throw new IllegalArgumentException("an id is a whole number from 0 to " + MAX + ", not " + number);
        }
        return new MigId((long) number);
    }

    /**
     * Reads an id from a URL or a command line: decimal digits, or a number in exponent form.
     *
     * @throws NumberFormatException if it is no such number
     */
    public static MigId parse(String text) {
        if (!text.matches("[0-9]{1,20}(\\.[0-9]{1,20})?([eE]\\+?[0-9]{1,2})?")) {
            throw new NumberFormatException("'" + text + "' is not an id");
        }
        double number = Double.parseDouble(text);
        if (number > MAX || number != Math.rint(number)) {
            throw new NumberFormatException("'" + text + "' is not a whole number from 0 to " + MAX);
        }
        return new MigId((long) number);
    }

    public boolean isNone() {
        return value == 0;
    }

    @JsonValue
    @Override
    public long value() {
        return value;
    }

    @Override
    public int compareTo(MigId other) {
        return Long.compare(value, other.value);
    }

    /** Decimal digits, as in log lines, file names and URLs. */
    @Override
    public String toString() {
        return Long.toString(value);
    }

    /** Tells the JSON mapper that {@link #NONE} is left out. */
    static final class LeftOut {
        @Override
        public boolean equals(Object id) {
            return id == null || id.equals(NONE);
        }

        @Override
        public int hashCode() {
            return 0;
        }
    }
}
