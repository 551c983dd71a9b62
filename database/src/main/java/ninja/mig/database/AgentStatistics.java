package ninja.mig.database;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import ninja.mig.model.AgentStats;

/** Table {@code agents_stats}: what the dashboard shows. */
public final class AgentStatistics {
    public AgentStatistics(Database database) {}

    /** Counts, stores the numbers, and removes rows older than 90 days. New endpoints are counted once an hour. */
    public AgentStats record(Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    public Optional<AgentStats> latest() throws SQLException {
        throw new IllegalStateException("not there");
    }
}
