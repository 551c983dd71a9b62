package ninja.mig.database;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;

/** Table {@code commands}. {@link Actions#fly} inserts; everything here needs the scheduler's role except reading. */
public final class Commands {
    public Commands(Database database) {}

    /**
     * Stores agents' answers, in one transaction. Nothing of an answer is believed but status and results, and only if the
     * command exists, belongs to the action that the answer names and went to the queue that the answer names, whatever
     * became of that agent since. Results beyond the number of operations are cut off, missing ones are empty.
     *
     * @param answers in the order of arrival, with final states
     * @return what became of each, in the order of the answers
     */
    public List<Finish> finish(List<Command> answers, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /**
     * {@code sent} to {@code expired}: commands whose action expired more than {@code grace} ago. At most 10,000 at a time:
     * call again until nothing comes.
     */
    public List<CalledOff> expire(Instant now, Duration grace) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code sent} to {@code cancelled}: commands of cancelled actions. At most 10,000 at a time. */
    public List<CalledOff> cancel(Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** With its action and agent. */
    public Optional<Command> byId(MigId id) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** The commands of an action that are still {@code sent}, with action and agent. */
    public List<Command> open(MigId actionId) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** The status of each of these commands that exists. */
    public Map<MigId, CommandStatus> statuses(Collection<MigId> ids) throws SQLException {
        throw new IllegalStateException("not there");
    }
}
