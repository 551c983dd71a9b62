package ninja.mig.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;

/**
 * Tables {@code actions} and {@code signatures}. Each transition is one statement with the old status in its condition: it
 * returns whether this caller made it, so that it happens once whatever runs in parallel. Actions come back without
 * counters and investigators unless a method says otherwise. The API may insert, cancel and read; the rest is the
 * scheduler's.
 */
public final class Actions {
    /** PostgreSQL channel that tells schedulers of pending and of cancelled actions; see {@link Notifications}. */
    public static final String CHANNEL = "mig_actions";

    /** What landing sets. */
    private static final String LANDED =
            "status = CASE status WHEN 'inflight' THEN 'completed' ELSE status END, finishtime = ?, lastupdatetime = ?";

    /** Which {@code actions a} may land. */
    private static final String MAY_LAND = """
            (a.status = 'inflight'
                 OR a.status = 'cancelled' AND (a.finishtime IS NULL OR a.finishtime > '9000-01-01'))
             AND NOT EXISTS (SELECT FROM commands c WHERE c.actionid = a.id AND c.status = 'sent')
            """.strip();

    private final Database database;

    public Actions(Database database) {
        this.database = database;
    }

    /**
     * Stores an action and its signatures, in one transaction, with the status that it has ({@code pending} from the API;
     * {@code scheduled} for a file that was dropped into the spool). A pending one wakes the schedulers.
     *
     * @throws AlreadyExistsException if the id is taken or one investigator signed twice; nothing was stored
     */
    public void insert(Action action, List<ActionSignature> signatures) throws SQLException, AlreadyExistsException {
        try {
            database.inTransaction(connection -> {
                insertRow(connection, action);
                insertSignatures(connection, action.id(), signatures);
                if (action.status() == ActionStatus.PENDING) {
                    Statements.first(
                            connection,
                            row -> true,
                            "SELECT pg_notify(?, ?)",
                            CHANNEL,
                            action.id().toString());
                }
                return true;
            });
        } catch (SQLException e) {
            if (Database.isUniqueViolation(e)) {
                throw new AlreadyExistsException(
                        "Action ID '" + action.id() + "' exists, or an investigator signed it twice", e);
            }
            throw e;
        }
    }

    private static void insertRow(Connection connection, Action action) throws SQLException {
        Statements.update(
                connection,
                """
                INSERT INTO actions (id, name, target, description, threat, operations, validfrom, expireafter, starttime,
                       finishtime, lastupdatetime, status, syntaxversion, pgpsignatures)
                VALUES (?, ?, ?, ?::json, ?::json, ?::json, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                action.id(),
                action.name(),
                action.target(),
                Rows.json(action.description()),
                Rows.json(action.threat()),
                MigJson.text(action.operations()),
                action.validFrom(),
                action.expireAfter(),
                action.startTime(),
                action.finishTime(),
                action.lastUpdateTime(),
                action.status().word(),
                action.syntaxVersion(),
                MigJson.text(action.pgpSignatures()));
    }

    private static void insertSignatures(Connection connection, MigId action, List<ActionSignature> signatures)
            throws SQLException {
        for (ActionSignature signature : signatures) {
            Statements.update(
                    connection,
                    "INSERT INTO signatures (actionid, investigatorid, pgpsignature) VALUES (?, ?, ?)",
                    action,
                    signature.investigatorId(),
                    signature.pgpSignature());
        }
    }

    /** Pending actions whose time has come, now {@code scheduled}; oldest first. */
    static List<Action> takeRunnable(Connection connection, Instant now, int limit) throws SQLException {
        return sorted(
                Statements.list(connection, Rows::action, """
                UPDATE actions AS a SET status = 'scheduled', lastupdatetime = ?
                 WHERE a.status = 'pending'
                   AND a.id IN (SELECT id FROM actions
                                 WHERE status = 'pending' AND validfrom <= ? AND expireafter > ?
                                 ORDER BY validfrom, id LIMIT ? FOR UPDATE SKIP LOCKED)
                RETURNING %s
                """.formatted(Rows.ACTION_COLUMNS), now, now, now, limit));
    }

    /** Pending actions whose window has passed, now {@code invalid}. */
    public List<Action> expirePending(Instant now) throws SQLException {
        return sorted(database.inTransaction(
                connection -> Statements.list(connection, Rows::action, """
                UPDATE actions AS a SET status = 'invalid', lastupdatetime = ?
                 WHERE a.status = 'pending'
                   AND a.id IN (SELECT id FROM actions WHERE status = 'pending' AND expireafter <= ?
                                   FOR UPDATE SKIP LOCKED)
                RETURNING %s
                """.formatted(Rows.ACTION_COLUMNS), now, now)));
    }

    private static List<Action> sorted(List<Action> actions) {
        return actions.stream().sorted(Comparator.comparing(Action::id)).toList();
    }

    /** {@code scheduled} to {@code preparing}; its start time is now. */
    public boolean prepare(MigId id, Instant now) throws SQLException {
        return changed("""
                UPDATE actions SET status = 'preparing', starttime = ?, lastupdatetime = ?
                 WHERE id = ? AND status = 'scheduled'
                """, now, now, id);
    }

    /** {@code preparing} to {@code inflight}, together with all its commands: either both are there, or neither. */
    public boolean fly(MigId id, List<Command> commands, Instant now) throws SQLException {
        return database.inTransaction(connection -> {
            int rows = Statements.update(
                    connection,
                    "UPDATE actions SET status = 'inflight', lastupdatetime = ? WHERE id = ? AND status = 'preparing'",
                    now,
                    id);
            if (rows == 0) {
                return false;
            }
            Commands.insert(connection, id, commands);
            return true;
        });
    }

    /**
     * {@code inflight} to {@code completed}, if no command is waited for: the action as it landed. A cancelled one stays
     * cancelled and gets its time of finish, once.
     */
    public Optional<Action> land(MigId id, Instant now) throws SQLException {
        return database.inTransaction(connection -> Statements.first(
                connection, Rows::action, """
                UPDATE actions AS a SET %s
                 WHERE a.id = ? AND %s
                RETURNING %s
                """.formatted(LANDED, MAY_LAND, Rows.ACTION_COLUMNS), now, now, id));
    }

    /** As {@link #land}, for every action: what concurrent results have missed, and what was cancelled. */
    public List<Action> landAll(Instant now) throws SQLException {
        return sorted(database.inTransaction(connection -> Statements.list(
                connection, Rows::action, """
                UPDATE actions AS a SET %s
                 WHERE a.status IN ('inflight', 'cancelled')
                   AND a.id IN (SELECT a.id FROM actions a WHERE %s FOR UPDATE SKIP LOCKED)
                RETURNING %s
                """.formatted(LANDED, MAY_LAND, Rows.ACTION_COLUMNS), now, now)));
    }

    /** {@code pending}, {@code scheduled} or {@code preparing} to {@code invalid}. */
    public boolean invalidate(MigId id, Instant now) throws SQLException {
        return changed("""
                UPDATE actions SET status = 'invalid', lastupdatetime = ?
                 WHERE id = ? AND status IN ('pending', 'scheduled', 'preparing')
                """, now, id);
    }

    /**
     * Anything that is not final to {@code cancelled}, and wakes the schedulers: they call off its commands ({@link
     * Commands#cancel}) and let it land.
     */
    public boolean cancel(MigId id, Instant now) throws SQLException {
        return database.inTransaction(connection ->
                Statements.first(connection, row -> true, """
                WITH cancelled AS (
                    UPDATE actions SET status = 'cancelled', lastupdatetime = ?
                     WHERE id = ? AND status IN ('pending', 'scheduled', 'preparing', 'inflight')
                    RETURNING id)
                SELECT pg_notify(?, id::text) FROM cancelled
                """, now, id, CHANNEL).isPresent());
    }

    /** Those of the actions that were cancelled. */
    public Set<MigId> cancelled(Collection<MigId> ids) throws SQLException {
        return database.inTransaction(connection -> Set.copyOf(Statements.list(
                connection,
                row -> Rows.id(row, "id"),
                "SELECT id FROM actions WHERE id = ANY (?) AND status = 'cancelled'",
                Rows.ids(connection, ids))));
    }

    /**
     * Back to {@code pending}: what is {@code scheduled} or {@code preparing} and in nobody's {@link Claims}, because its
     * scheduler died or failed, or was not touched since then, because its scheduler hangs.
     */
    public List<MigId> readopt(Instant untouchedSince, Instant now) throws SQLException {
        return database.inTransaction(connection ->
                Statements.list(connection, row -> Rows.id(row, "id"), """
                WITH claimed AS MATERIALIZED (
                    SELECT id, lastupdatetime FROM actions WHERE status IN ('scheduled', 'preparing'))
                UPDATE actions SET status = 'pending', lastupdatetime = ?
                 WHERE status IN ('scheduled', 'preparing')
                   AND id IN (SELECT id FROM claimed
                               WHERE lastupdatetime IS NULL OR lastupdatetime < ? OR pg_try_advisory_xact_lock(%s))
                RETURNING id
                """.formatted(Claims.KEY), now, untouchedSince));
    }

    /** Sets the time of the last update of an action that is not final: somebody works on it. */
    public boolean touch(MigId id, Instant now) throws SQLException {
        return changed("""
                UPDATE actions SET lastupdatetime = ?
                 WHERE id = ? AND status IN ('scheduled', 'preparing', 'inflight')
                """, now, id);
    }

    private boolean changed(String sql, Object... values) throws SQLException {
        return database.inTransaction(connection -> Statements.update(connection, sql, values)) > 0;
    }

    public Optional<Action> byId(MigId id) throws SQLException {
        return database.inTransaction(
                connection -> byIds(connection, List.of(id)).values().stream().findFirst());
    }

    /** Those of the actions that exist. */
    static Map<MigId, Action> byIds(Connection connection, Collection<MigId> ids) throws SQLException {
        Map<MigId, Action> actions = new LinkedHashMap<>();
        String sql = "SELECT %s FROM actions a WHERE a.id = ANY (?)".formatted(Rows.ACTION_COLUMNS);
        for (Action action : Statements.list(connection, Rows::action, sql, Rows.ids(connection, ids))) {
            actions.put(action.id(), action);
        }
        return actions;
    }

    /** The newest actions, newest first, by id. */
    public List<Action> last(int limit) throws SQLException {
        return database.inTransaction(connection -> Statements.list(
                connection,
                Rows::action,
                "SELECT %s FROM actions a ORDER BY a.id DESC LIMIT ?".formatted(Rows.ACTION_COLUMNS),
                limit));
    }

    /** The status of each of these actions that exists. */
    public Map<MigId, ActionStatus> statuses(Collection<MigId> ids) throws SQLException {
        return database.inTransaction(connection -> {
            Map<MigId, ActionStatus> statuses = new LinkedHashMap<>();
            byIds(connection, ids).forEach((id, action) -> {
                if (action.status() != null) {
                    statuses.put(id, action.status());
                }
            });
            return statuses;
        });
    }

    /** How the commands of each action stand, in one query; an entry for every id. */
    public Map<MigId, ActionCounters> counters(Collection<MigId> ids) throws SQLException {
        return database.inTransaction(connection -> counters(connection, ids));
    }

    private static Map<MigId, ActionCounters> counters(Connection connection, Collection<MigId> ids)
            throws SQLException {
        Map<MigId, ActionCounters> counters = new LinkedHashMap<>();
        ids.forEach(id -> counters.put(id, ActionCounters.NONE));
        Statements.list(
                connection,
                row -> counters.put(
                        Rows.id(row, "actionid"),
                        ActionCounters.of(
                                row.getInt("sent"),
                                row.getInt("success"),
                                row.getInt("cancelled"),
                                row.getInt("expired"),
                                row.getInt("failed"),
                                row.getInt("timeout"))),
                """
                SELECT actionid,
                       count(*) FILTER (WHERE status = 'sent') AS sent,
                       count(*) FILTER (WHERE status = 'success') AS success,
                       count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
                       count(*) FILTER (WHERE status = 'expired') AS expired,
                       count(*) FILTER (WHERE status = 'failed') AS failed,
                       count(*) FILTER (WHERE status = 'timeout') AS timeout
                  FROM commands WHERE actionid = ANY (?) GROUP BY actionid
                """,
                Rows.ids(connection, ids));
        return counters;
    }

    /** Who signed each action, without keys, in one query; an entry for every id. */
    public Map<MigId, List<Investigator>> investigators(Collection<MigId> ids) throws SQLException {
        return database.inTransaction(connection -> investigators(connection, ids));
    }

    private static Map<MigId, List<Investigator>> investigators(Connection connection, Collection<MigId> ids)
            throws SQLException {
        Map<MigId, List<Investigator>> signers = new LinkedHashMap<>();
        ids.forEach(id -> signers.put(id, new ArrayList<>()));
        Statements.list(
                connection,
                row -> signers.get(Rows.id(row, "actionid")).add(Rows.investigator(row)),
                """
                SELECT s.actionid, %s
                  FROM signatures s JOIN investigators i ON i.id = s.investigatorid
                 WHERE s.actionid = ANY (?) ORDER BY i.id
                """.formatted(Rows.INVESTIGATOR_COLUMNS),
                Rows.ids(connection, ids));
        return signers;
    }

    /** The same actions with counters and investigators, in two queries. */
    public List<Action> complete(List<Action> actions) throws SQLException {
        return database.inTransaction(connection -> complete(connection, actions));
    }

    static List<Action> complete(Connection connection, Collection<Action> actions) throws SQLException {
        List<MigId> ids = actions.stream().map(Action::id).toList();
        Map<MigId, ActionCounters> counters = counters(connection, ids);
        Map<MigId, List<Investigator>> signers = investigators(connection, ids);
        return actions.stream()
                .map(action ->
                        action.withCounters(counters.get(action.id())).withInvestigators(signers.get(action.id())))
                .toList();
    }
}
