package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fixture's times are relative to the server's clock: so are the searches'. */
@ExtendWith(MigServices.class)
class SearchesIT {
    private static final SearchParameters ALL = SearchParameters.any(100);
    private static final long ACTION = 5000000000000L;
    private static final long COMMAND = 6000000000000L;
    private static final long AGENT = 4892412351430L;

    private final Installed installed;
    private Database api;
    private Searches searches;

    SearchesIT(FreshDatabase fresh) throws Exception {
        installed = Installed.in(fresh);
        try (InputStream in = SearchesIT.class.getResourceAsStream("/vectors/fixture.sql")) {
            installed.asSuperuser(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @BeforeEach
    void open() throws SQLException {
        api = installed.api();
        searches = new Searches(api);
    }

    @AfterEach
    void close() {
        api.close();
    }

    /** A search with some values changed. */
    private record Change(SearchParameters p) {
        Change ids(Long action, Long agent, Long command, Long investigator) {
            return new Change(new SearchParameters(
                    id(action),
                    id(agent),
                    id(command),
                    id(investigator),
                    p.actionName(),
                    p.agentName(),
                    p.investigatorName(),
                    p.status(),
                    p.threatFamily(),
                    p.after(),
                    p.before(),
                    p.foundAnything(),
                    p.afterCommandId(),
                    p.limit(),
                    p.offset()));
        }

        private static Optional<MigId> id(Long value) {
            return Optional.ofNullable(value).map(MigId::new);
        }

        Change names(String action, String agent, String investigator, String status, String family) {
            return new Change(new SearchParameters(
                    p.actionId(),
                    p.agentId(),
                    p.commandId(),
                    p.investigatorId(),
                    action,
                    agent,
                    investigator,
                    status,
                    family,
                    p.after(),
                    p.before(),
                    p.foundAnything(),
                    p.afterCommandId(),
                    p.limit(),
                    p.offset()));
        }

        Change times(Instant after, Instant before) {
            return new Change(new SearchParameters(
                    p.actionId(),
                    p.agentId(),
                    p.commandId(),
                    p.investigatorId(),
                    p.actionName(),
                    p.agentName(),
                    p.investigatorName(),
                    p.status(),
                    p.threatFamily(),
                    Optional.ofNullable(after),
                    Optional.ofNullable(before),
                    p.foundAnything(),
                    p.afterCommandId(),
                    p.limit(),
                    p.offset()));
        }

        Change page(Boolean found, long afterCommand, int limit, int offset) {
            return new Change(new SearchParameters(
                    p.actionId(),
                    p.agentId(),
                    p.commandId(),
                    p.investigatorId(),
                    p.actionName(),
                    p.agentName(),
                    p.investigatorName(),
                    p.status(),
                    p.threatFamily(),
                    p.after(),
                    p.before(),
                    Optional.ofNullable(found),
                    new MigId(afterCommand),
                    limit,
                    offset));
        }
    }

    private static Change with() {
        return new Change(ALL);
    }

    private static Change named(String action, String agent, String investigator) {
        return with().names(action, agent, investigator, "%", "");
    }

    private static <T> List<Long> last(List<T> rows, Function<T, MigId> id, long base) {
        return rows.stream().map(row -> id.apply(row).value() - base).toList();
    }

    private List<Long> actions(Change change) throws SQLException {
        List<Long> found = last(searches.actions(change.p()), Action::id, ACTION);
        assertEquals(found.size(), searches.countActions(change.p()));
        return found;
    }

    private List<Long> commands(Change change) throws SQLException {
        return last(searches.commands(change.p()), Command::id, COMMAND);
    }

    private List<Long> agents(Change change) throws SQLException {
        List<Long> found = last(searches.agents(change.p()), Agent::id, AGENT);
        assertEquals(found.size(), searches.countAgents(change.p()));
        return found;
    }

    private List<Long> investigators(Change change) throws SQLException {
        List<Long> found = last(searches.investigators(change.p()), Investigator::id, 0);
        assertEquals(found.size(), searches.countInvestigators(change.p()));
        return found;
    }

    private static Instant ago(long minutes) {
        return Instant.now().minus(Duration.ofMinutes(minutes));
    }

    @Test
    void findsActionsWithoutCommandsToo() throws Exception {
        assertEquals(List.of(3L, 2L, 1L), actions(with()));
    }

    @Test
    void findsActions() throws Exception {
        assertEquals(List.of(1L), actions(with().ids(ACTION + 1, null, null, null)));
        assertEquals(List.of(1L), actions(named("%SHADOW%", "%", "%")));
        assertEquals(List.of(2L, 1L), actions(named("%", "web1%", "%")));
        assertEquals(List.of(3L, 2L), actions(named("%", "%", "bob%")));
        assertEquals(List.of(2L), actions(named("%", "web1%", "bob%")));
        assertEquals(List.of(2L, 1L), actions(with().ids(null, AGENT + 4, null, null)));
        assertEquals(List.of(1L), actions(with().ids(null, null, COMMAND + 3, null)));
        assertEquals(List.of(), actions(with().ids(null, AGENT + 4, COMMAND + 3, null)), "of one and the same command");
        assertEquals(List.of(2L, 1L), actions(with().ids(null, null, null, 1L)));
        assertEquals(List.of(3L), actions(with().names("%", "%", "%", "pend%", "")));
        assertEquals(List.of(3L, 2L, 1L), actions(with().names("%", "%", "%", "%", "COMPL%")));
        assertEquals(List.of(), actions(with().names("%", "%", "%", "%", "malware")));
        assertEquals(List.of(1L), actions(with().times(ago(10_000), ago(0))));
        assertEquals(List.of(3L, 2L), actions(with().times(ago(30), null)));
    }

    @Test
    void hasCountersAndSigners() throws Exception {
        List<Action> actions = searches.actions(ALL);

        assertEquals(ActionCounters.of(1, 0, 0, 0, 0, 0), actions.get(1).counters());
        assertEquals(ActionCounters.of(0, 2, 0, 1, 0, 0), actions.get(2).counters());
        assertEquals(
                List.of("Ada Test", "Bob Test"),
                actions.get(1).investigators().stream().map(Investigator::name).toList());
        assertEquals(0, actions.get(1).investigators().get(0).publicKey().length);
    }

    @Test
    void findsCommands() throws Exception {
        assertEquals(List.of(1L, 2L, 3L, 4L), commands(with()));
        assertEquals(List.of(1L, 2L, 3L), commands(with().ids(ACTION + 1, null, null, null)));
        assertEquals(List.of(1L, 4L), commands(named("%", "WEB1%", "%")));
        assertEquals(List.of(4L), commands(named("%", "%", "bob%")));
        assertEquals(List.of(3L), commands(with().names("%", "%", "%", "expired", "")));
        assertEquals(List.of(4L), commands(with().times(ago(30), null)));
        assertEquals(List.of(1L, 2L, 3L), commands(with().times(null, ago(30))));
        assertEquals(4, searches.countCommands(ALL));
    }

    @Test
    void tellsWhoFoundSomethingFromWhoDidNot() throws Exception {
        assertEquals(List.of(1L), commands(with().page(true, 0, 100, 0)));
        assertEquals(List.of(2L), commands(with().page(false, 0, 100, 0)), "not who has not run it");
    }

    @Test
    void completesCommands() throws Exception {
        Command command = searches.commands(ALL).get(0);

        assertEquals(ActionCounters.of(0, 2, 0, 1, 0, 0), command.action().counters());
        assertEquals("Ada Test", command.action().investigators().get(0).name());
        assertEquals(1, command.action().operations().size());
        assertEquals("upstart", command.agent().environment().init());
        assertEquals("linux.web1.example.net.58b3mndjmbb00", command.agent().queueLoc());
        assertTrue(command.results().get(0).foundAnything());
    }

    @Test
    void pages() throws Exception {
        assertEquals(List.of(2L, 3L), commands(with().page(null, 0, 2, 1)));
        assertEquals(List.of(3L, 4L), commands(with().page(null, COMMAND + 2, 100, 0)));
        assertEquals(List.of(), commands(with().page(null, 0, 100, 4)));
        assertEquals(2, searches.actions(with().page(null, 0, 2, 0).p()).size());
        assertEquals(3, searches.countActions(with().page(null, 0, 2, 1).p()));
    }

    @Test
    void findsAgentsThatNeverHadACommandToo() throws Exception {
        assertEquals(List.of(7L, 6L, 5L, 4L), agents(with()));
        assertEquals(List.of(7L, 5L, 4L), agents(with().times(ago(24 * 60), null)));
        assertEquals(List.of(6L), agents(with().names("%", "%", "%", "offline", "")));
        assertEquals(List.of(5L), agents(named("%", "%.COM", "%")));
        assertEquals(List.of(4L), agents(with().ids(ACTION + 2, null, null, null)));
        assertEquals(List.of(6L, 5L, 4L), agents(named("%", "%", "ada%")));
        assertEquals(List.of(6L), agents(with().ids(null, null, COMMAND + 3, null)));
    }

    @Test
    void findsInvestigators() throws Exception {
        assertEquals(List.of(3L, 2L, 1L), investigators(with()));
        assertEquals(List.of(3L, 2L, 1L), investigators(with().times(ago(1), null)), "no time without an action");
        assertEquals(List.of(1L), investigators(named("%", "%", "%ada%")));
        assertEquals(List.of(3L), investigators(with().names("%", "%", "%", "disabled", "")));
        assertEquals(List.of(2L, 1L), investigators(with().ids(ACTION + 2, null, null, null)));
        assertEquals(
                List.of(),
                investigators(with().ids(ACTION + 2, null, null, null).times(ago(1), null)));
        assertEquals(List.of(2L, 1L), investigators(named("%", "web1%", "%")));
        assertEquals(List.of(1L), investigators(with().ids(null, null, COMMAND + 1, null)));
        assertEquals(0, searches.investigators(ALL).get(0).publicKey().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"' OR true --", "\\", "\\\\", "a\0b", "%\\", "?", "$1", "{}", "\ud800"})
    void takesHostileTextAsText(String text) throws Exception {
        Change hostile = with().names(text, text, text, text, text);

        assertEquals(List.of(), actions(hostile));
        assertEquals(List.of(), commands(hostile));
        assertEquals(List.of(), agents(hostile));
        assertEquals(List.of(), investigators(hostile));
    }
}
