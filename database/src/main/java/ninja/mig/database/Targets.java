package ninja.mig.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import ninja.mig.model.Agent;
import ninja.mig.model.RejectedException;

/**
 * Finds the agents that a target selects: online or idle, one per queueloc, the one heard of last. The condition passes
 * the lexical check, then runs as role {@code migreadonly} inside the database's function {@code mig_agents_by_target}, in
 * a read-only transaction that is rolled back.
 */
public final class Targets implements AutoCloseable {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    public static final int DEFAULT_MAX_AGENTS = 200_000;

    public Targets(Database database) {
        this(database, DEFAULT_TIMEOUT, DEFAULT_MAX_AGENTS);
    }

    /** @param maxAgents more agents than this are an error, not a shorter list */
    public Targets(Database database, Duration timeout, int maxAgents) {}

    /**
     * @return complete rows, by queueloc
     * @throws RejectedException if the condition is not allowed, wrong, too slow or selects too many
     */
    public List<Agent> select(String target) throws SQLException, RejectedException {
        throw new IllegalStateException("not there");
    }

    @Override
    public void close() {
        throw new IllegalStateException("not there");
    }
}
