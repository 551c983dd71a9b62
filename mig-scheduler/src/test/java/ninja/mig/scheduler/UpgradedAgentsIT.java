package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import ninja.mig.database.Agents;
import ninja.mig.database.Database;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(MigServices.class)
class UpgradedAgentsIT {
    private final FreshDatabase fresh;
    private final AmqpBroker broker;
    private final Closer closer = new Closer();

    @TempDir
    Path folder;

    private Platform platform;
    private CapturedLog log;
    private Agent agent;
    private UpgradedAgents upgraded;

    UpgradedAgentsIT(FreshDatabase fresh, AmqpBroker broker) {
        this.fresh = fresh;
        this.broker = broker;
    }

    @BeforeEach
    void setUp() throws Exception {
        platform = closer.register(new Platform(fresh, broker));
        platform.forgetAgents();
        log = closer.register(new CapturedLog());
        Database database = closer.register(platform.schedulerDatabase());
        Agents agents = new Agents(database);
        upgraded = new UpgradedAgents(agents);
        Instant now = Instant.now();
        Agent heartbeat =
                new Agent(null, "web1", "linux.web1.x1", "daemon", "v", 4242, now, null, now, null, false, null, null);
        agent = agents.register(List.of(heartbeat), new IdGenerator(Clock.systemUTC()), now)
                .get(0)
                .agent();
    }

    @AfterEach
    void tearDown() throws Exception {
        closer.close();
    }

    private Command command(CommandStatus status, String module, boolean success, String elements) throws Exception {
        Instant now = Instant.now();
        List<Operation> operations = List.of(new Operation("file", null), new Operation(module, null));
        Action action = Action.draft("upgrade", "name='web1'", now, now.plusSeconds(60), operations);
        ModuleResult first = new ModuleResult(true, true, MigJson.tree("{\"oldpid\":4242}"), null, List.of());
        ModuleResult second = new ModuleResult(false, success, MigJson.tree(elements), null, List.of());
        return new Command(
                new MigId(1), action.withId(new MigId(1)), agent, status, List.of(first, second), now, Times.NOT_YET);
    }

    private String statusAfter(CommandStatus status, String module, boolean success, String elements) throws Exception {
        upgraded.follow(List.of(command(status, module, success, elements)));
        return platform.query("SELECT status FROM agents WHERE pid = 4242");
    }

    @Test
    void marksTheAgentThatHasInstalledItsSuccessor() throws Exception {
        assertEquals("upgraded", statusAfter(CommandStatus.SUCCESS, "upgrade", true, "{\"oldpid\":4242}"));
        assertEquals(List.of("[info] the agent with PID '4242' on 'linux.web1.x1' is upgraded"), log.lines());
    }

    @Test
    void marksNobodyForAnythingElse() throws Exception {
        assertEquals("online", statusAfter(CommandStatus.FAILED, "upgrade", true, "{\"oldpid\":4242}"));
        assertEquals("online", statusAfter(CommandStatus.SUCCESS, "file", true, "{\"oldpid\":4242}"));
        assertEquals("online", statusAfter(CommandStatus.SUCCESS, "upgrade", false, "{\"oldpid\":4242}"));
        assertEquals("online", statusAfter(CommandStatus.SUCCESS, "upgrade", true, "{\"oldpid\":4243}"));
    }

    @Test
    void marksNobodyForAPidThatIsNone() throws Exception {
        for (String elements : List.of(
                "{\"oldpid\":\"4242\"}",
                "{\"oldpid\":4242.5}",
                "{\"oldpid\":1}",
                "{\"oldpid\":0}",
                "{\"oldpid\":-4242}",
                "{\"oldpid\":4194305}",
                "{\"oldpid\":4294971538}",
                "{\"oldpid\":1e300}",
                "{\"oldpid\":[4242]}",
                "{\"oldpid\":null}",
                "{}",
                "[4242]",
                "\"4242\"",
                "4242",
                "null")) {
            assertEquals("online", statusAfter(CommandStatus.SUCCESS, "upgrade", true, elements), elements);
        }
        assertEquals(
                15,
                log.lines().stream()
                        .filter(l -> l.equals("[warning] the result of an upgrade on 'linux.web1.x1' does not name the"
                                + " process that it replaces"))
                        .count());
    }

    @Test
    void marksLaterWhenTheDatabaseIsAway() throws Exception {
        platform.change("REVOKE UPDATE ON agents FROM migscheduler");
        assertThrows(
                SQLException.class, () -> statusAfter(CommandStatus.SUCCESS, "upgrade", true, "{\"oldpid\":4242}"));
        platform.change("GRANT UPDATE ON agents TO migscheduler");

        upgraded.mark();

        assertEquals("upgraded", platform.query("SELECT status FROM agents WHERE pid = 4242"));
    }
}
