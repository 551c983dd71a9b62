package ninja.mig.database;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;

/**
 * Tables {@code actions} and {@code signatures}. Each transition is one statement with the old status in its condition: it
 * returns whether this caller made it, so that it happens once whatever runs in parallel. Actions come back without
 * counters and investigators unless a method says otherwise.
 */
public final class Actions {
    /** PostgreSQL channel that tells schedulers of pending actions; see {@link Notifications}. */
    public static final String CHANNEL = "mig_actions";

    public Actions(Database database) {}

    /**
     * Stores an action and its signatures, in one transaction, with the status that it has ({@code pending} from the API;
     * {@code scheduled} for a file that was dropped into the spool). A pending one wakes the schedulers.
     *
     * @throws AlreadyExistsException if the id is taken or one investigator signed twice; nothing was stored
     */
    public void insert(Action action, List<ActionSignature> signatures) throws SQLException, AlreadyExistsException {
        throw new IllegalStateException("not there");
    }

    /** Pending actions whose time has come, now {@code scheduled} and this caller's alone; oldest first. */
    public List<Action> takeRunnable(Instant now, int limit) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Pending actions whose window has passed, now {@code invalid}. */
    public List<Action> expirePending(Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code scheduled} to {@code preparing}; its start time is now. */
    public boolean prepare(MigId id, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code preparing} to {@code inflight}, together with all its commands: either both are there, or neither. */
    public boolean fly(MigId id, List<Command> commands, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code inflight} to {@code completed}, if no command is waited for: the action as it landed. */
    public Optional<Action> land(MigId id, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** As {@link #land(MigId, Instant)}, for every action in flight: what concurrent results have missed. */
    public List<Action> landAll(Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code pending}, {@code scheduled} or {@code preparing} to {@code invalid}. */
    public boolean invalidate(MigId id, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Anything that is not final to {@code cancelled}. The scheduler then calls off the commands: {@link Commands#cancel}. */
    public boolean cancel(MigId id, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /**
     * Back to {@code pending}: what is {@code scheduled} or {@code preparing} and was not touched since then, because its
     * scheduler died.
     */
    public List<MigId> readopt(Instant untouchedSince, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Sets the time of the last update of an action that is not final: somebody works on it. */
    public boolean touch(MigId id, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    public Optional<Action> byId(MigId id) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** The newest actions, newest first, by id. */
    public List<Action> last(int limit) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** The status of each of these actions that exists. */
    public Map<MigId, ActionStatus> statuses(Collection<MigId> ids) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** How the commands of each action stand, in one query; an entry for every id. */
    public Map<MigId, ActionCounters> counters(Collection<MigId> ids) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Who signed each action, without keys, in one query; an entry for every id. */
    public Map<MigId, List<Investigator>> investigators(Collection<MigId> ids) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** The same actions with counters and investigators, in two queries. */
    public List<Action> complete(List<Action> actions) throws SQLException {
        throw new IllegalStateException("not there");
    }
}
