package ninja.mig.database;

import java.util.Optional;
import ninja.mig.model.Command;

/**
 * What became of one answer.
 *
 * @param command the command as it is in the database now: complete, with action, agent, status and results; empty if refused
 */
public record Finish(Outcome outcome, Optional<Command> command) {
    public enum Outcome {
        /** Stored. */
        FINISHED,
        /** The command is in {@code success}, which nothing overwrites. */
        ALREADY_SUCCESSFUL,
        /** No command has this id. */
        UNKNOWN_COMMAND,
        /** The command belongs to another action than the answer says. */
        WRONG_ACTION,
        /** The command was sent to another queue than the answer names. */
        WRONG_AGENT
    }

    public boolean isFinished() {
        return outcome == Outcome.FINISHED;
    }
}
