package ninja.mig.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;

/** Table {@code commands}. {@link Actions#fly} inserts; everything here needs the scheduler's role except reading. */
public final class Commands {
    private static final int CHUNK = 1000;
    private static final int MOST_CALLED_OFF = 10_000;

    /** Columns of {@code commands c} without results. */
    private static final String COLUMNS = "c.id AS c_id, c.actionid, c.status AS c_status, c.starttime, c.finishtime";

    private final Database database;

    public Commands(Database database) {
        this.database = database;
    }

    /** A row whose action has not been looked up yet. */
    private record Row(
            MigId id,
            MigId actionId,
            Agent agent,
            CommandStatus status,
            List<ModuleResult> results,
            Instant startTime,
            Instant finishTime) {

        Command withAction(Action action) {
            return new Command(id, action, agent, status, results, startTime, finishTime);
        }
    }

    static void insert(Connection connection, MigId action, List<Command> commands) throws SQLException {
        for (int start = 0; start < commands.size(); start += CHUNK) {
            List<Command> chunk = commands.subList(start, Math.min(start + CHUNK, commands.size()));
            Statements.update(
                    connection,
                    """
                    INSERT INTO commands (id, actionid, agentid, status, results, starttime, finishtime)
                    SELECT id, ?, agentid, status, results::json, starttime::timestamptz, finishtime::timestamptz
                      FROM unnest(?::numeric[], ?::numeric[], ?::text[], ?::text[], ?::text[], ?::text[])
                           AS c (id, agentid, status, results, starttime, finishtime)
                    """,
                    action,
                    Rows.ids(connection, chunk.stream().map(Command::id).toList()),
                    Rows.ids(connection, chunk.stream().map(c -> c.agent().id()).toList()),
                    Rows.texts(connection, chunk, c -> c.status().word()),
                    Rows.texts(connection, chunk, c -> Rows.json(c.results())),
                    Rows.texts(connection, chunk, c -> Rows.storedText(c.startTime())),
                    Rows.texts(connection, chunk, c -> Rows.storedText(c.finishTime())));
        }
    }

    /**
     * Stores agents' answers, in one transaction. Nothing of an answer is believed but status and results, and only if the
     * command exists, belongs to the action that the answer names and went to the queue that the answer names, whatever
     * became of that agent since. Results beyond the number of operations are cut off, missing ones are empty.
     *
     * @param answers in the order of arrival; a state that no agent may set counts as {@code failed}
     * @return what became of each, in the order of the answers
     */
    public List<Finish> finish(List<Command> answers, Instant now) throws SQLException {
        return database.inTransaction(connection -> {
            Set<MigId> ids = new HashSet<>();
            answers.forEach(answer -> ids.add(answer.id()));
            Map<MigId, Command> known = new HashMap<>();
            lock(connection, ids).forEach(command -> known.put(command.id(), command));
            Map<MigId, Command> finished = new LinkedHashMap<>();
            List<Finish> outcomes = answers.stream()
                    .map(answer -> {
                        Finish finish = Answer.judge(known.get(answer.id()), answer, now);
                        finish.command().ifPresent(command -> {
                            known.put(command.id(), command);
                            finished.put(command.id(), command);
                        });
                        return finish;
                    })
                    .toList();
            update(connection, finished.values());
            return outcomes;
        });
    }

    private static List<Command> lock(Connection connection, Collection<MigId> ids) throws SQLException {
        List<Row> rows = Statements.list(
                connection,
                row -> row(row, List.of()),
                """
                SELECT %s, %s
                  FROM commands c JOIN agents g ON g.id = c.agentid
                 WHERE c.id = ANY (?) ORDER BY c.id FOR UPDATE OF c
                """.formatted(COLUMNS, Rows.AGENT_COLUMNS),
                Rows.ids(connection, ids));
        return withActions(connection, rows);
    }

    private static void update(Connection connection, Collection<Command> commands) throws SQLException {
        if (commands.isEmpty()) {
            return;
        }
        Statements.update(
                connection,
                """
                UPDATE commands c SET status = f.status, results = f.results::json, finishtime = f.finishtime::timestamptz
                  FROM unnest(?::numeric[], ?::text[], ?::text[], ?::text[]) AS f (id, status, results, finishtime)
                 WHERE c.id = f.id
                """,
                Rows.ids(connection, commands.stream().map(Command::id).toList()),
                Rows.texts(connection, commands, c -> c.status().word()),
                Rows.texts(connection, commands, c -> Rows.json(c.results())),
                Rows.texts(connection, commands, c -> Rows.storedText(c.finishTime())));
    }

    /**
     * {@code sent} to {@code expired}: commands whose action expired more than {@code grace} ago. At most 10,000 at a time:
     * call again until nothing comes.
     */
    public List<CalledOff> expire(Instant now, Duration grace) throws SQLException {
        // Of others no command is sent: they are many, and need not be looked at for ever.
        String underway = "a.status IN ('inflight', 'cancelled') AND a.expireafter < ?";
        return callOff("expired", underway, now, now.minus(grace));
    }

    /** {@code sent} to {@code cancelled}: commands of cancelled actions. At most 10,000 at a time. */
    public List<CalledOff> cancel(Instant now) throws SQLException {
        // Those that have landed have no such commands, and need not be looked at for ever.
        String unfinished = "a.status = 'cancelled' AND (a.finishtime IS NULL OR a.finishtime > ?)";
        return callOff("cancelled", unfinished, now, now);
    }

    private List<CalledOff> callOff(String status, String condition, Instant now, Object value) throws SQLException {
        return database.inTransaction(connection -> Statements.list(
                connection,
                row -> new CalledOff(
                        Rows.id(row, "id"),
                        Rows.id(row, "actionid"),
                        row.getString("actionname"),
                        row.getString("agentname"),
                        row.getString("queueloc")),
                """
                WITH late AS (
                    SELECT c.id, a.name AS actionname, g.name AS agentname, g.queueloc
                      FROM commands c JOIN actions a ON a.id = c.actionid JOIN agents g ON g.id = c.agentid
                     WHERE c.status = 'sent' AND %s
                     LIMIT ? FOR UPDATE OF c SKIP LOCKED)
                UPDATE commands c SET status = ?, finishtime = ?
                  FROM late WHERE c.id = late.id
                RETURNING c.id, c.actionid, late.actionname, late.agentname, late.queueloc
                """.formatted(condition),
                value,
                MOST_CALLED_OFF,
                status,
                now));
    }

    /** With its action and agent. */
    public Optional<Command> byId(MigId id) throws SQLException {
        return database.inTransaction(
                connection -> select(connection, "c.id = ?", id).stream().findFirst());
    }

    /** The commands of an action that are still {@code sent}, with action and agent. */
    public List<Command> open(MigId actionId) throws SQLException {
        return database.inTransaction(
                connection -> select(connection, "c.actionid = ? AND c.status = 'sent' ORDER BY c.id", actionId));
    }

    /**
     * Complete commands.
     *
     * @param condition over {@code commands c}, {@code actions a} and {@code agents g}, and what follows it
     */
    static List<Command> select(Connection connection, String condition, Object... values) throws SQLException {
        List<Row> rows = Statements.list(
                connection,
                row -> row(row, Rows.results(row, "results", Rows.id(row, "c_id"))),
                """
                SELECT %s, c.results, %s
                  FROM commands c JOIN actions a ON a.id = c.actionid JOIN agents g ON g.id = c.agentid
                 WHERE %s
                """.formatted(COLUMNS, Rows.AGENT_COLUMNS, condition),
                values);
        return withActions(connection, rows);
    }

    private static Row row(ResultSet row, List<ModuleResult> results) throws SQLException {
        return new Row(
                Rows.id(row, "c_id"),
                Rows.id(row, "actionid"),
                Rows.agent(row),
                status(row.getString("c_status")),
                results,
                Rows.time(row, "starttime"),
                Rows.time(row, "finishtime"));
    }

    private static CommandStatus status(String word) {
        return Rows.word(word, CommandStatus::of, CommandStatus.NONE);
    }

    /** Reads each action once, however many commands it has. */
    private static List<Command> withActions(Connection connection, List<Row> rows) throws SQLException {
        Set<MigId> ids = new HashSet<>();
        rows.forEach(row -> ids.add(row.actionId()));
        Map<MigId, Action> actions = Actions.byIds(connection, ids);
        return rows.stream()
                .map(row -> row.withAction(actions.get(row.actionId())))
                .toList();
    }

    /** The status of each of these commands that exists. */
    public Map<MigId, CommandStatus> statuses(Collection<MigId> ids) throws SQLException {
        return database.inTransaction(connection -> {
            Map<MigId, CommandStatus> statuses = new LinkedHashMap<>();
            Statements.list(
                    connection,
                    row -> statuses.put(Rows.id(row, "id"), status(row.getString("status"))),
                    "SELECT id, status FROM commands WHERE id = ANY (?)",
                    Rows.ids(connection, ids));
            return statuses;
        });
    }
}
