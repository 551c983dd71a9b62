package ninja.mig.database;

import java.sql.SQLException;
import java.util.List;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;

/** The API's search. Only the tables that a given filter needs are joined, so nothing is hidden for want of a partner. */
public final class Searches {
    public Searches(Database database) {}

    /** {@code validfrom} not before {@code after}, {@code expireafter} not past {@code before}; newest first; with counters and signers. */
    public List<Action> actions(SearchParameters search) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code starttime} within the times; oldest first; with agent, and action with counters and signers. */
    public List<Command> commands(SearchParameters search) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code heartbeattime} within the times; newest first. */
    public List<Agent> agents(SearchParameters search) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /**
     * Newest first, without keys. Times ({@code createdat}, {@code lastmodified}) only count if the search names an action,
     * a command or an agent.
     */
    public List<Investigator> investigators(SearchParameters search) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** How many there are without limit and offset. */
    public long countActions(SearchParameters search) throws SQLException {
        throw new IllegalStateException("not there");
    }

    public long countCommands(SearchParameters search) throws SQLException {
        throw new IllegalStateException("not there");
    }

    public long countAgents(SearchParameters search) throws SQLException {
        throw new IllegalStateException("not there");
    }

    public long countInvestigators(SearchParameters search) throws SQLException {
        throw new IllegalStateException("not there");
    }
}
