package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the platform knows of an agent's life. */
public enum AgentStatus {
    ONLINE,
    IDLE,
    OFFLINE,
    UPGRADED,
    DESTROYED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word used in JSON and in the database. */
    @JsonValue
    public String word() {
        return word;
    }

    /**
     * Reads a word; nothing for the empty word.
     *
     * @throws IllegalArgumentException if no agent is ever in such a state
     */
    @JsonCreator
    public static AgentStatus of(String word) {
        return word == null || word.isEmpty() ? null : valueOf(word.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return word;
    }
}
