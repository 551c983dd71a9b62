package ninja.mig.bench;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import ninja.mig.fleet.Fleet;

/**
 * What the database says of a fleet.
 *
 * @param missing agents without a row
 * @param duplicates rows beyond an agent's first
 * @param stale agents whose row is older than their last heartbeat
 */
record AgentRows(long missing, long duplicates, long stale) {
    static AgentRows of(Fleet fleet, Testbed testbed) throws SQLException {
        Map<String, Instant> newest = new HashMap<>();
        long rows = 0;
        try (Statement statement = testbed.superuser().createStatement();
                ResultSet row = statement.executeQuery("SELECT queueloc, heartbeattime FROM agents")) {
            while (row.next()) {
                rows++;
                newest.merge(row.getString(1), row.getTimestamp(2).toInstant(), (a, b) -> a.isAfter(b) ? a : b);
            }
        }
        long stale = fleet.lastHeartbeats().entrySet().stream()
                .filter(last -> newest.containsKey(last.getKey())
                        && newest.get(last.getKey()).isBefore(last.getValue()))
                .count();
        return new AgentRows(fleet.agents().size() - newest.size(), rows - newest.size(), stale);
    }

    String words() {
        return missing + ", " + duplicates + ", " + stale;
    }

    boolean areRight() {
        return missing == 0 && duplicates == 0 && stale == 0;
    }
}
