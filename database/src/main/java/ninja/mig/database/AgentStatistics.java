package ninja.mig.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.AgentStats;
import ninja.mig.model.AgentStats.VersionCount;
import ninja.mig.model.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Table {@code agents_stats}: what the dashboard shows. */
public final class AgentStatistics {
    private static final Logger log = LoggerFactory.getLogger(AgentStatistics.class);

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration KEPT = Duration.ofDays(90);
    private static final Duration RECOUNT = Duration.ofHours(1);

    private final Database database;
    private History history = new History(Times.UNSET, 0, 0);

    public AgentStatistics(Database database) {
        this.database = database;
    }

    /** What rows of agents that are gone count for too: they may be millions, so this is kept for an hour. */
    private record History(Instant countedAt, long newEndpoints, long disappeared) {}

    private record Endpoints(long online, long idle, long multiAgents, long flapping) {}

    /** Counts, stores the numbers, and removes rows older than 90 days if it may. New endpoints, and
     * those that have disappeared, are counted once an hour. */
    public synchronized AgentStats record(Instant now) throws SQLException {
        AgentStats stats = database.readOnly(connection -> count(connection, now));
        database.inTransaction(connection -> insert(connection, stats));
        removeOld(now.minus(KEPT));
        return stats;
    }

    /** In databases with the original's grants the scheduler may not delete: then old rows stay. */
    private void removeOld(Instant before) throws SQLException {
        try {
            database.inTransaction(connection ->
                    Statements.update(connection, "DELETE FROM agents_stats WHERE timestamp < ?", before));
        } catch (SQLException e) {
            if (!Database.isPermissionDenied(e)) {
                throw e;
            }
            log.debug("old statistics stay: {}", e.getMessage());
        }
    }

    private AgentStats count(Connection connection, Instant now) throws SQLException {
        List<VersionCount> online = online(connection);
        List<VersionCount> idle = idle(connection);
        Endpoints endpoints = endpoints(connection);
        if (!now.isBefore(history.countedAt().plus(RECOUNT))) {
            history = new History(now, newEndpoints(connection, now), disappeared(connection, now));
        }
        return new AgentStats(
                now,
                sum(online),
                online,
                endpoints.online(),
                sum(idle),
                idle,
                endpoints.idle(),
                history.newEndpoints(),
                endpoints.multiAgents(),
                history.disappeared(),
                endpoints.flapping());
    }

    private static long sum(List<VersionCount> versions) {
        return versions.stream().mapToLong(VersionCount::count).sum();
    }

    private static List<VersionCount> online(Connection connection) throws SQLException {
        return Statements.list(
                connection,
                AgentStatistics::versionCount,
                "SELECT version, count(*) AS n FROM agents WHERE status = 'online' GROUP BY version ORDER BY version");
    }

    private static List<VersionCount> idle(Connection connection) throws SQLException {
        return Statements.list(connection, AgentStatistics::versionCount, """
                SELECT version, count(*) AS n FROM agents g
                 WHERE status = 'idle'
                   AND NOT EXISTS (SELECT FROM agents o WHERE o.queueloc = g.queueloc AND o.status = 'online')
                 GROUP BY version ORDER BY version
                """);
    }

    private static VersionCount versionCount(ResultSet row) throws SQLException {
        return new VersionCount(row.getString("version"), row.getLong("n"));
    }

    private static Endpoints endpoints(Connection connection) throws SQLException {
        return Statements.first(
                        connection,
                        row -> new Endpoints(
                                row.getLong("online"),
                                row.getLong("idle"),
                                row.getLong("multi"),
                                row.getLong("flapping")),
                        """
                        SELECT count(*) FILTER (WHERE online > 0) AS online,
                               count(*) FILTER (WHERE online = 0 AND idle > 0) AS idle,
                               count(*) FILTER (WHERE online > 1) AS multi,
                               count(*) FILTER (WHERE online + idle > 1) AS flapping
                          FROM (SELECT count(*) FILTER (WHERE status = 'online') AS online,
                                       count(*) FILTER (WHERE status = 'idle') AS idle
                                  FROM agents
                                 WHERE status IN ('online', 'idle')
                                 GROUP BY queueloc) AS endpoints
                        """)
                .orElseThrow();
    }

    /** Heard of in the last week, and gone. */
    private static long disappeared(Connection connection, Instant now) throws SQLException {
        return Statements.first(connection, row -> row.getLong("n"), """
                        SELECT count(DISTINCT queueloc) AS n FROM agents gone
                         WHERE heartbeattime > ?
                           AND NOT EXISTS (SELECT FROM agents live
                                            WHERE live.queueloc = gone.queueloc AND live.status IN ('online', 'idle'))
                        """, now.minus(WEEK))
                .orElseThrow();
    }

    private static long newEndpoints(Connection connection, Instant now) throws SQLException {
        return Statements.first(
                        connection, row -> row.getLong("n"), """
                        SELECT count(DISTINCT queueloc) AS n FROM agents young
                         WHERE starttime > ?
                           AND NOT EXISTS (SELECT FROM agents old
                                            WHERE old.queueloc = young.queueloc AND old.heartbeattime BETWEEN ? AND ?)
                        """, now.minus(DAY), now.minus(WEEK), now.minus(DAY))
                .orElseThrow();
    }

    private static int insert(Connection connection, AgentStats stats) throws SQLException {
        return Statements.update(
                connection,
                """
                INSERT INTO agents_stats (timestamp, online_agents, online_agents_by_version, online_endpoints, idle_agents,
                       idle_agents_by_version, idle_endpoints, new_endpoints, multi_agents_endpoints,
                       disappeared_endpoints, flapping_endpoints)
                VALUES (?, ?, ?::json, ?, ?, ?::json, ?, ?, ?, ?, ?)
                """,
                stats.timestamp(),
                stats.onlineAgents(),
                Rows.json(stats.onlineAgentsByVersion()),
                stats.onlineEndpoints(),
                stats.idleAgents(),
                Rows.json(stats.idleAgentsByVersion()),
                stats.idleEndpoints(),
                stats.newEndpoints(),
                stats.multiAgentsEndpoints(),
                stats.disappearedEndpoints(),
                stats.flappingEndpoints());
    }

    public Optional<AgentStats> latest() throws SQLException {
        return database.inTransaction(connection -> Statements.first(connection, AgentStatistics::stats, """
                SELECT timestamp, online_agents, online_agents_by_version, online_endpoints, idle_agents,
                       idle_agents_by_version, idle_endpoints, new_endpoints, multi_agents_endpoints,
                       disappeared_endpoints, flapping_endpoints
                  FROM agents_stats ORDER BY timestamp DESC LIMIT 1
                """));
    }

    private static AgentStats stats(ResultSet row) throws SQLException {
        return new AgentStats(
                Rows.time(row, "timestamp"),
                row.getLong("online_agents"),
                versions(row.getString("online_agents_by_version")),
                row.getLong("online_endpoints"),
                row.getLong("idle_agents"),
                versions(row.getString("idle_agents_by_version")),
                row.getLong("idle_endpoints"),
                row.getLong("new_endpoints"),
                row.getLong("multi_agents_endpoints"),
                row.getLong("disappeared_endpoints"),
                row.getLong("flapping_endpoints"));
    }

    private static List<VersionCount> versions(String json) {
        List<VersionCount> versions = new ArrayList<>();
        try {
            for (var element : MigJson.tree(json == null ? "[]" : json)) {
                versions.add(MigJson.bind(element, VersionCount.class));
            }
            return versions;
        } catch (MalformedJsonException e) {
            log.warn("versions in agents_stats cannot be read: {}", e.getMessage());
            return List.of();
        }
    }
}
