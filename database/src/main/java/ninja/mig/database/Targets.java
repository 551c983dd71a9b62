package ninja.mig.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import ninja.mig.model.Agent;
import ninja.mig.model.RejectedException;
import ninja.mig.target.TargetExpression;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Finds the agents that a target selects: online or idle, one per queueloc, the one heard of last. The condition passes
 * the lexical check, then runs as role {@code migreadonly} inside the database's function {@code mig_agents_by_target}, in
 * a read-only transaction that is rolled back. A slow one cannot hold up anything else: it has connections of its own.
 */
public final class Targets implements AutoCloseable {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    public static final int DEFAULT_MAX_AGENTS = 200_000;

    private static final int CONNECTIONS_PER_RESERVED = 5;
    private static final String CANCELLED = "57014";

    /** Classes of errors that say that the server is at fault, or the way to it, and not the condition. */
    private static final Set<String> NOT_THE_CONDITION = Set.of("08", "28", "3D", "40", "53", "57", "58", "XX");

    private final Database reserved;
    private final Duration timeout;
    private final int maxAgents;

    public Targets(Database database) {
        this(database, DEFAULT_TIMEOUT, DEFAULT_MAX_AGENTS);
    }

    /** @param maxAgents more agents than this are an error, not a shorter list */
    public Targets(Database database, Duration timeout, int maxAgents) {
        this.reserved = database.reserve(Math.max(1, database.maxConn() / CONNECTIONS_PER_RESERVED));
        this.timeout = timeout;
        this.maxAgents = maxAgents;
    }

    /**
     * @return complete rows, by queueloc
     * @throws RejectedException if the condition is not allowed, wrong, too slow or selects too many
     */
    public List<Agent> select(String target) throws SQLException, RejectedException {
        TargetExpression.check(target);
        List<Agent> agents = run(target);
        if (agents.size() > maxAgents) {
            throw new RejectedException("Target selects more than " + maxAgents + " agents");
        }
        return agents;
    }

    private List<Agent> run(String target) throws SQLException, RejectedException {
        try {
            return reserved.readOnly(connection -> call(connection, target));
        } catch (SQLException e) {
            String state = Objects.requireNonNullElse(e.getSQLState(), "");
            if (state.equals(CANCELLED)) {
                throw new RejectedException("Target took longer than " + timeout.toMillis() + "ms", e);
            }
            if (e instanceof PSQLException failure
                    && failure.getServerErrorMessage() != null
                    && !NOT_THE_CONDITION.contains(state.substring(0, 2))) {
                throw new RejectedException(describe(failure.getServerErrorMessage(), target), e);
            }
            throw e;
        }
    }

    private List<Agent> call(Connection connection, String target) throws SQLException {
        // Also the first query of the transaction, after which it cannot be made writable again.
        Statements.first(
                connection, row -> true, "SELECT set_config('statement_timeout', ?, true)", timeout.toMillis() + "ms");
        return Statements.list(
                connection,
                Rows::agent,
                "SELECT %s FROM mig_agents_by_target(?) AS g ORDER BY g.queueloc LIMIT ?".formatted(Rows.AGENT_COLUMNS),
                target,
                maxAgents + 1);
    }

    /** The server's words and the place in the target; nothing of our own statement. */
    private static String describe(ServerErrorMessage error, String target) {
        String message = "Error while finding agents: '" + error.getMessage() + "'";
        String query = error.getInternalQuery();
        int position = query == null ? 0 : error.getInternalPosition() - query.indexOf(target);
        return position > 0 && position <= target.length() ? message + " at position " + position : message;
    }

    /** How many expressions can be looked up at a time; more wait, ten seconds at most. */
    public int connections() {
        return reserved.maxConn();
    }

    @Override
    public void close() {
        reserved.close();
    }
}
