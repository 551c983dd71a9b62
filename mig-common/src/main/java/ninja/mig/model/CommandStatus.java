package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a command stands. Every state but {@link #SENT} counts as done. */
public enum CommandStatus {
    /** The agent has not answered yet. */
    SENT,
    /** Every module ran. Never overwritten. */
    SUCCESS,
    /** The agent refused it, or a module crashed. */
    FAILED,
    /** A module was stopped at its time limit. */
    TIMEOUT,
    /** The action expired before an answer came. */
    EXPIRED,
    /** Called off before it ran. */
    CANCELLED,
    /** No state at all: a document that was never filled in. */
    @JsonEnumDefaultValue
    NONE;

    private final String word = name().equals("NONE") ? "" : name().toLowerCase(Locale.ROOT);

    /** The word used in JSON and in the database. */
    @JsonValue
    public String word() {
        return word;
    }

    /**
     * Reads a word of JSON or of the database.
     *
     * @throws IllegalArgumentException if no command is ever in such a state
     */
    @JsonCreator
    public static CommandStatus of(String word) {
        return word == null || word.isEmpty() ? NONE : valueOf(word.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return word;
    }
}
