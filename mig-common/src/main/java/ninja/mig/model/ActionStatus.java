package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where an action stands: pending, scheduled, preparing, inflight, completed; or invalid; or cancelled by a signer. */
public enum ActionStatus {
    PENDING,
    SCHEDULED,
    PREPARING,
    INFLIGHT,
    COMPLETED,
    INVALID,
    CANCELLED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word used in JSON and in the database. */
    @JsonValue
    public String word() {
        return word;
    }

    /**
     * Reads a word; nothing for the empty word.
     *
     * @throws IllegalArgumentException if no action is ever in such a state
     */
    @JsonCreator
    public static ActionStatus of(String word) {
        return word == null || word.isEmpty() ? null : valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Whether the action will never change again. */
    public boolean isFinal() {
        return this == COMPLETED || this == INVALID || this == CANCELLED;
    }

    @Override
    public String toString() {
        return word;
    }
}
