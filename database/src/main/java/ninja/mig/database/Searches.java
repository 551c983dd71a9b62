package ninja.mig.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;

/** The API's search. Only the tables that a given filter needs are looked at, so nothing is hidden for want of a partner. */
public final class Searches {
    private static final String FOUND = "EXISTS (SELECT FROM json_array_elements("
            + "CASE WHEN json_typeof(c.results) = 'array' THEN c.results ELSE '[]' END) AS r"
            + " WHERE r ->> 'foundanything' = 'true')";

    private final Database database;

    public Searches(Database database) {
        this.database = database;
    }

    /**
     * {@code validfrom} not before {@code after}, {@code expireafter} not past {@code before}; newest first; with counters
     * and signers.
     */
    public List<Action> actions(SearchParameters search) throws SQLException {
        Filter filter = ofActions(search);
        return database.inTransaction(connection -> Actions.complete(
                connection,
                Statements.list(
                        connection,
                        Rows::action,
                        "SELECT %s FROM actions a WHERE %s ORDER BY a.id DESC LIMIT ? OFFSET ?"
                                .formatted(Rows.ACTION_COLUMNS, filter.condition()),
                        page(filter, search))));
    }

    /** {@code starttime} within the times; oldest first; with agent, and action with counters and signers. */
    public List<Command> commands(SearchParameters search) throws SQLException {
        Filter filter = ofCommands(search);
        return database.inTransaction(connection -> completeActions(
                connection,
                Commands.select(
                        connection, filter.condition() + " ORDER BY c.id LIMIT ? OFFSET ?", page(filter, search))));
    }

    private static List<Command> completeActions(Connection connection, List<Command> commands) throws SQLException {
        Map<MigId, Action> actions = new LinkedHashMap<>();
        commands.forEach(c -> actions.put(c.action().id(), c.action()));
        Actions.complete(connection, actions.values()).forEach(action -> actions.put(action.id(), action));
        return commands.stream()
                .map(c -> new Command(
                        c.id(),
                        actions.get(c.action().id()),
                        c.agent(),
                        c.status(),
                        c.results(),
                        c.startTime(),
                        c.finishTime()))
                .toList();
    }

    /** {@code heartbeattime} within the times; newest first. */
    public List<Agent> agents(SearchParameters search) throws SQLException {
        Filter filter = ofAgents(search);
        return database.inTransaction(connection -> Statements.list(
                connection,
                Rows::agent,
                "SELECT %s FROM agents g WHERE %s ORDER BY g.id DESC LIMIT ? OFFSET ?"
                        .formatted(Rows.AGENT_COLUMNS, filter.condition()),
                page(filter, search)));
    }

    /**
     * Newest first, without keys. Times ({@code createdat}, {@code lastmodified}) only count if the search names an action,
     * a command or an agent.
     */
    public List<Investigator> investigators(SearchParameters search) throws SQLException {
        Filter filter = ofInvestigators(search);
        return database.inTransaction(connection -> Statements.list(
                connection,
                Rows::investigator,
                "SELECT %s FROM investigators i WHERE %s ORDER BY i.id DESC LIMIT ? OFFSET ?"
                        .formatted(Rows.INVESTIGATOR_COLUMNS, filter.condition()),
                page(filter, search)));
    }

    private static Object[] page(Filter filter, SearchParameters search) {
        return filter.values(search.limit(), search.offset());
    }

    /** How many there are without limit and offset. */
    public long countActions(SearchParameters search) throws SQLException {
        return count("actions a", ofActions(search));
    }

    public long countCommands(SearchParameters search) throws SQLException {
        return count(
                "commands c JOIN actions a ON a.id = c.actionid JOIN agents g ON g.id = c.agentid", ofCommands(search));
    }

    public long countAgents(SearchParameters search) throws SQLException {
        return count("agents g", ofAgents(search));
    }

    public long countInvestigators(SearchParameters search) throws SQLException {
        return count("investigators i", ofInvestigators(search));
    }

    private long count(String tables, Filter filter) throws SQLException {
        return database.inTransaction(connection -> Statements.first(
                        connection,
                        row -> row.getLong("n"),
                        "SELECT count(*) AS n FROM %s WHERE %s".formatted(tables, filter.condition()),
                        filter.values())
                .orElseThrow());
    }

    private static Filter ofActions(SearchParameters search) {
        Filter filter = action(search)
                .like("a.status", search.status())
                .atLeast("a.validfrom", search.after())
                .atMost("a.expireafter", search.before());
        Filter command = command(search).and(agent(search));
        return filter.exists("commands c JOIN agents g ON g.id = c.agentid WHERE c.actionid = a.id", command)
                .and(signedBy(search, "a.id"));
    }

    private static Filter ofCommands(SearchParameters search) {
        Filter filter = command(search)
                .and(action(search))
                .and(agent(search))
                .and(signedBy(search, "c.actionid"))
                .like("c.status", search.status())
                .atLeast("c.starttime", search.after())
                .atMost("c.starttime", search.before());
        if (!search.afterCommandId().isNone()) {
            filter.where("c.id > ?", search.afterCommandId());
        }
        search.foundAnything()
                .ifPresent(found -> filter.where("c.status = 'success'").where(found ? FOUND : "NOT " + FOUND));
        return filter;
    }

    private static Filter ofAgents(SearchParameters search) {
        Filter command = command(search).and(action(search)).and(signedBy(search, "c.actionid"));
        return agent(search)
                .like("g.status", search.status())
                .atLeast("g.heartbeattime", search.after())
                .atMost("g.heartbeattime", search.before())
                .exists("commands c JOIN actions a ON a.id = c.actionid WHERE c.agentid = g.id", command);
    }

    private static Filter ofInvestigators(SearchParameters search) {
        Filter command = command(search).and(agent(search));
        Filter signed =
                action(search).exists("commands c JOIN agents g ON g.id = c.agentid WHERE c.actionid = a.id", command);
        Filter filter = investigator(search).like("i.status", search.status());
        if (!signed.isEmpty()) {
            filter.exists("signatures s JOIN actions a ON a.id = s.actionid WHERE s.investigatorid = i.id", signed)
                    .atLeast("i.createdat", search.after())
                    .atMost("i.lastmodified", search.before());
        }
        return filter;
    }

    private static Filter action(SearchParameters search) {
        Filter filter = new Filter().is("a.id", search.actionId()).like("a.name", search.actionName());
        return search.threatFamily().isEmpty() ? filter : filter.like("a.threat #>> '{family}'", search.threatFamily());
    }

    private static Filter command(SearchParameters search) {
        return new Filter().is("c.id", search.commandId());
    }

    private static Filter agent(SearchParameters search) {
        return new Filter().is("g.id", search.agentId()).like("g.name", search.agentName());
    }

    private static Filter investigator(SearchParameters search) {
        return new Filter().is("i.id", search.investigatorId()).like("i.name", search.investigatorName());
    }

    private static Filter signedBy(SearchParameters search, String action) {
        return new Filter()
                .exists(
                        "signatures s JOIN investigators i ON i.id = s.investigatorid WHERE s.actionid = " + action,
                        investigator(search));
    }
}
