package ninja.mig.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import ninja.mig.model.Times;

/** Table {@code agents}. A row is one agent process on one queue; {@code offline} is final. */
public final class Agents {
    private static final long DESTRUCTION_LOCK = 0x6d69675f6b696c6cL; // "mig_kill"
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Database database;

    public Agents(Database database) {
        this.database = database;
    }

    /** What tells one agent from another while it lives. Rows are locked in this order, so that nobody waits in a circle. */
    private record Key(String queueLoc, int pid) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::queueLoc).thenComparing(Key::pid);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private record Refreshed(MigId id, Key key, AgentStatus status, Instant destructionTime, Instant heartbeatTime) {}

    /**
     * Inserts or refreshes the agents that sent these heartbeats, in one statement. The scheduler's time becomes the time
     * of the heartbeat; {@code destroyed} and {@code upgraded} stay what they are, {@code idle} becomes {@code online}.
     *
     * <p>Of several heartbeats of one (queueloc, pid) only the newest is stored.
     *
     * @return the agents that are new, and those that should have ended: {@code destroyed} or {@code upgraded}
     */
    public List<Registration> register(List<Agent> heartbeats, IdGenerator ids, Instant now) throws SQLException {
        Map<Key, Agent> newest = newest(heartbeats);
        Set<MigId> drawn = new LinkedHashSet<>();
        newest.keySet().forEach(key -> drawn.add(ids.next()));
        List<Refreshed> rows = newest.isEmpty()
                ? List.of()
                : database.inTransaction(connection -> upsert(connection, drawn, newest.values(), now));
        return rows.stream()
                // Only a row that was inserted just now has the id that was drawn for it.
                .map(row -> new Registration(merge(newest.get(row.key()), row), drawn.contains(row.id())))
                .toList();
    }

    private static Map<Key, Agent> newest(List<Agent> heartbeats) {
        Map<Key, Agent> newest = new TreeMap<>();
        for (Agent agent : heartbeats) {
            newest.merge(
                    new Key(Rows.stored(agent.queueLoc()), agent.pid()),
                    agent,
                    (a, b) -> b.heartbeatTime().isBefore(a.heartbeatTime()) ? a : b);
        }
        return newest;
    }

    private static List<Refreshed> upsert(
            Connection connection, Collection<MigId> ids, Collection<Agent> agents, Instant now) throws SQLException {
        return Statements.list(
                connection,
                row -> new Refreshed(
                        Rows.id(row, "id"),
                        new Key(row.getString("queueloc"), row.getInt("pid")),
                        Rows.word(row.getString("status"), AgentStatus::of, null),
                        Rows.time(row, "destructiontime"),
                        Rows.time(row, "heartbeattime")),
                """
                WITH h AS (
                INSERT INTO agents AS g (id, name, queueloc, mode, version, pid, starttime, destructiontime, heartbeattime,
                       status, environment, tags)
                SELECT id, name, queueloc, mode, version, pid, starttime::timestamptz, ?, ?, 'online', environment::json,
                       tags::json
                  FROM unnest(?::numeric[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[],
                              ?::text[]) WITH ORDINALITY
                       AS h (id, name, queueloc, mode, version, pid, starttime, environment, tags, position)
                 ORDER BY position
                ON CONFLICT (queueloc, pid) WHERE status <> 'offline' DO UPDATE SET
                       name = excluded.name, mode = excluded.mode, version = excluded.version,
                       starttime = excluded.starttime, environment = excluded.environment, tags = excluded.tags,
                       heartbeattime = greatest(g.heartbeattime, excluded.heartbeattime),
                       status = CASE WHEN g.status IN ('destroyed', 'upgraded') THEN g.status ELSE 'online' END
                RETURNING g.id, g.queueloc, g.pid, g.status, g.destructiontime, g.heartbeattime, g.xmax = 0 AS new)
                SELECT * FROM h WHERE new OR status IN ('destroyed', 'upgraded')
                """,
                Times.NOT_YET,
                now,
                Rows.ids(connection, ids),
                Rows.texts(connection, agents, a -> Rows.stored(a.name())),
                Rows.texts(connection, agents, a -> Rows.stored(a.queueLoc())),
                Rows.texts(connection, agents, a -> Rows.stored(a.mode())),
                Rows.texts(connection, agents, a -> Rows.stored(a.version())),
                Rows.integers(connection, agents.stream().map(Agent::pid).toList()),
                Rows.texts(connection, agents, a -> Rows.storedText(a.startTime())),
                Rows.texts(connection, agents, a -> Rows.json(a.environment())),
                Rows.texts(connection, agents, a -> a.tags() == null ? null : Rows.json(a.tags())));
    }

    private static Agent merge(Agent heartbeat, Refreshed row) {
        return new Agent(
                row.id(),
                heartbeat.name(),
                heartbeat.queueLoc(),
                heartbeat.mode(),
                heartbeat.version(),
                heartbeat.pid(),
                heartbeat.startTime(),
                row.destructionTime(),
                row.heartbeatTime(),
                row.status(),
                false,
                heartbeat.environment(),
                heartbeat.tags());
    }

    /** {@code online} to {@code idle}: agents not heard of since then; returns how many. */
    public int markIdle(Instant notHeardSince) throws SQLException {
        return mark(List.of("online"), "idle", notHeardSince);
    }

    /**
     * {@code idle}, {@code destroyed} or {@code upgraded} to {@code offline}: agents not heard of since then; returns how
     * many. One that was told to end and is silent has ended: another agent may get its pid.
     */
    public int markOffline(Instant notHeardSince) throws SQLException {
        return mark(List.of("idle", "destroyed", "upgraded"), "offline", notHeardSince);
    }

    /** A row that a heartbeat holds at this moment is left alone. */
    private int mark(List<String> from, String to, Instant notHeardSince) throws SQLException {
        return database.inTransaction(connection ->
                Statements.update(connection, """
                UPDATE agents SET status = ?
                 WHERE id IN (SELECT id FROM agents WHERE status = ANY (?) AND heartbeattime < ? FOR UPDATE SKIP LOCKED)
                """, to, Rows.texts(connection, from, word -> word), notHeardSince));
    }

    /** {@code online} or {@code idle} to {@code upgraded}: another agent has taken its place. */
    public boolean markUpgraded(String queueLoc, int pid) throws SQLException {
        return database.inTransaction(connection -> Statements.update(connection, """
                        UPDATE agents SET status = 'upgraded'
                         WHERE queueloc = ? AND pid = ? AND status IN ('online', 'idle')
                        """, queueLoc, pid)) > 0;
    }

    /**
     * Any state but {@code offline} to {@code destroyed}: whoever gets true tells the agent to end, and nobody else does.
     *
     * @param agent as it was read: nothing happens if its status has changed since
     * @param toldBefore an agent that is {@code destroyed} is told again if it was told before this time
     * @param mostPerMinute agents that all schedulers together tell to end
     */
    public boolean markDestroyed(Agent agent, Instant toldBefore, int mostPerMinute, Instant now) throws SQLException {
        return database.inTransaction(connection -> {
            // Two schedulers that count at the same time would both be below the limit.
            Statements.first(connection, row -> true, "SELECT pg_advisory_xact_lock(?)", DESTRUCTION_LOCK);
            return Statements.update(
                            connection,
                            """
                            UPDATE agents SET status = 'destroyed', destructiontime = ?
                             WHERE id = ? AND status = ? AND status <> 'offline'
                               AND (status <> 'destroyed' OR destructiontime IS NULL OR destructiontime < ?)
                               AND (SELECT count(*) FROM agents WHERE status = 'destroyed' AND destructiontime > ?) < ?
                            """,
                            now,
                            agent.id(),
                            agent.status().word(),
                            toldBefore,
                            now.minus(MINUTE),
                            mostPerMinute)
                    > 0;
        });
    }

    /** How many agents were told to end in the last minute. */
    public int destroyedInTheLastMinute(Instant now) throws SQLException {
        return database.inTransaction(connection -> Statements.first(
                        connection,
                        row -> row.getInt("n"),
                        "SELECT count(*) AS n FROM agents WHERE status = 'destroyed' AND destructiontime > ?",
                        now.minus(MINUTE)))
                .orElseThrow();
    }

    public Optional<Agent> byId(MigId id) throws SQLException {
        return select("g.id = ?", id).stream().findFirst();
    }

    /** All agents on a queue that were heard of since then, in any state, the one that started first in front. */
    public List<Agent> onQueue(String queueLoc, Instant heardSince) throws SQLException {
        return select("g.queueloc = ? AND g.heartbeattime > ? ORDER BY g.starttime, g.id", queueLoc, heardSince);
    }

    private List<Agent> select(String condition, Object... values) throws SQLException {
        return database.inTransaction(connection -> Statements.list(
                connection,
                Rows::agent,
                "SELECT %s FROM agents g WHERE %s".formatted(Rows.AGENT_COLUMNS, condition),
                values));
    }

    /**
     * The age of the newest heartbeat in the table, by the database's clock, on a connection of its own. While agents send
     * heartbeats, more than a second means that they are not stored as fast as they come. Empty if all agents are offline.
     */
    public Optional<Duration> insertionLag() throws SQLException {
        return database.aside(
                connection -> Statements.first(connection, row -> Duration.ofMillis(row.getLong("lag")), """
                SELECT (extract(epoch FROM clock_timestamp() - heartbeattime) * 1000)::bigint AS lag
                  FROM agents WHERE status <> 'offline' ORDER BY heartbeattime DESC LIMIT 1
                """));
    }

    /**
     * Queuelocs on which more than one agent was heard of since then, not counting those that are offline or in mode
     * checkin.
     */
    public List<String> duplicated(Instant heardSince) throws SQLException {
        return database.inTransaction(
                connection -> Statements.list(connection, row -> row.getString("queueloc"), """
                SELECT queueloc FROM agents
                 WHERE heartbeattime > ? AND mode <> 'checkin' AND status <> 'offline'
                 GROUP BY queueloc HAVING count(*) > 1 ORDER BY queueloc
                """, heardSince));
    }

    /** Queuelocs whose agents are all gone, the last one heard of since then: their queues can be removed. */
    public List<String> disappeared(Instant heardSince) throws SQLException {
        return database.inTransaction(
                connection -> Statements.list(connection, row -> row.getString("queueloc"), """
                SELECT DISTINCT queueloc FROM agents gone
                 WHERE status = 'offline' AND heartbeattime > ?
                   AND NOT EXISTS (SELECT FROM agents live
                                    WHERE live.queueloc = gone.queueloc AND live.status IN ('online', 'idle'))
                 ORDER BY queueloc
                """, heardSince));
    }
}
