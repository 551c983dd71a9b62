package ninja.mig.scheduler;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.relay.Topology;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The lines that operators' scripts look for, with the words of the original. */
@ExtendWith(MigServices.class)
class LogLinesIT {
    private static final String DURATION = "[0-9.hmsµn]+";
    private static final String TIME = "'20[0-9TZ:.-]+'";

    private final FreshDatabase fresh;
    private final AmqpBroker broker;
    private final Closer closer = new Closer();

    @TempDir
    Path folder;

    private Platform platform;
    private CapturedLog log;
    private Path spool;
    private SimulatedAgent web1;
    private SimulatedAgent web2;

    LogLinesIT(FreshDatabase fresh, AmqpBroker broker) {
        this.fresh = fresh;
        this.broker = broker;
    }

    @BeforeEach
    void start() throws Exception {
        platform = closer.register(new Platform(fresh, broker));
        platform.forgetAgents();
        log = closer.register(new CapturedLog());
        spool = folder.resolve("spool");
        Path whitelist = Files.writeString(folder.resolve("whitelist"), "re:linux\\.[a-z0-9]+\\.good\n");
        Scheduler.start(
                platform.conf(
                        spool,
                        "[agent]\nwhitelist = \"" + whitelist + "\"\ndetectmultiagents = on\nlogactions = on\n"
                                + "[collector]\nfreq = 300ms\n[periodic]\nfreq = 300ms\n"),
                Clock.systemUTC(),
                closer);
        web1 = agent("linux.web1.good");
        web2 = agent("linux.web2.good");
        web1.heartbeat();
        web2.heartbeat();
        Eventually.isTrue("registered", () -> platform.query("SELECT count(*) FROM agents")
                .equals("2"));
    }

    @AfterEach
    void stop() throws Exception {
        closer.close();
    }

    private SimulatedAgent agent(String queueLoc) throws Exception {
        return closer.register(new SimulatedAgent(platform.relay(BrokerUser.AGENT), queueLoc));
    }

    private void expect(String regex) throws Exception {
        try {
            Eventually.isTrue(regex, () -> log.hasMatch(regex));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + " in\n" + log.text(), e);
        }
    }

    private void drop(String name, Action action) throws Exception {
        Path file = Files.write(folder.resolve(name), MigJson.bytes(action));
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        Files.move(file, spool.resolve("action/new").resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void tellsOfTheStart() throws Exception {
        expect("\\[info] Database connection opened");
        expect("\\[info] AMQP connection opened: mig-scheduler-consumer to .*");
        expect("\\[info] Loaded scheduler investigator with key id [0-9A-F]{40}");
        expect("\\[info] QueuesCleanup\\(\\): done in " + DURATION);
        expect("\\[info] initiating periodic run");
        expect("\\[info] periodic run done in " + DURATION);
    }

    @Test
    void tellsOfHeartbeats() throws Exception {
        agent("linux.stranger.bad").heartbeat();
        Instant old = Instant.now().minusSeconds(3600);
        Agent late = new Agent(
                null, "late.example.net", "linux.late.good", "daemon", "v", 7, old, null, old, null, false, null, null);
        web1.send(Topology.HEARTBEATS, MigJson.bytes(late));
        web2.heartbeat(43);

        expect("\\[warning] getHeartbeats\\(\\): Agent 'linux\\.stranger\\.bad' is not authorized");
        expect("\\[notice] Expired heartbeat received from Agent 'late\\.example\\.net'");
        expect("\\[warning] found '2' agents running on 'linux\\.web2\\.good'\\. Require manual inspection\\.");
    }

    @Test
    void tellsOfAnActionFromBeginningToEnd() throws Exception {
        Action action = platform.insert(platform.signed("all's \"well\"", "name LIKE 'web%'"));
        Command first = web1.nextCommand();
        Command second = web2.nextCommand();
        expect("\\[info] new action received: Name='all's \"well\"' Target='name LIKE 'web%'' ValidFrom=" + TIME
                + " ExpireAfter=" + TIME);
        expect("\\[info] Found 2 target agents");
        expect("\\[info] scheduling action 'all's \"well\"'");
        expect("\\[info] 2 commands inserted into database");
        expect("\\[info] created command of action 'all's \"well\"' on agent 'web1'");
        expect("\\[info] published to queue mig\\.agt\\.linux\\.web1\\.good");
        expect("\\[info] published to queue mig\\.agt\\.linux\\.web2\\.good");

        web1.answer(first, CommandStatus.SUCCESS);
        expect("\\[info] updated action 'all's \"well\"': progress=1/2, success=1, cancelled=0, expired=0, failed=0,"
                + " timeout=0, duration=" + DURATION);

        Path returned = Files.write(
                folder.resolve("r.json"), MigJson.bytes(second.withAnswer(CommandStatus.TIMEOUT, List.of())));
        Files.move(returned, spool.resolve("command/returned/r.json"), StandardCopyOption.ATOMIC_MOVE);
        expect("\\[info] loading returned command 'r\\.json'");
        expect("\\[info] updated action 'all's \"well\"': progress=2/2, success=1, cancelled=0, expired=0, failed=0,"
                + " timeout=1, duration=" + DURATION);
        expect("\\[info] action has completed in " + DURATION);
        platform.awaitStatus(action, ActionStatus.COMPLETED);

        Path done = spool.resolve("action/done/" + action.id() + ".json");
        Eventually.isTrue("archived", () -> Files.exists(done));
        Files.setLastModifiedTime(done, FileTime.fromMillis(0));
        expect("\\[info] removing 'action/done/" + action.id() + "\\.json'");
    }

    @Test
    void tellsOfActionsThatExpire() throws Exception {
        Instant then = Instant.now().minusSeconds(3600);
        Action late = platform.insert(platform.signed("late", "name='web1'", "file", then, then.plusSeconds(60)));
        expect("\\[info] action 'late' is expired\\. invalidating\\.");
        drop("late.json", late);
        expect("\\[info] removing expired action 'late'");

        Action lost = platform.insert(platform.signed("lost", "name='web1'"));
        web1.nextCommand();
        platform.awaitStatus(lost, ActionStatus.INFLIGHT);
        platform.change("UPDATE actions SET expireafter = now() - interval '1 hour' WHERE id = " + lost.id());
        expect("\\[info] expiring command 'lost' on agent 'web1'");
    }

    @Test
    void tellsOfWhatIsRefused() throws Exception {
        Action nobody = platform.insert(platform.signed("nobody", "name='nobody'"));
        expect("\\[warning] No agents found for target: name='nobody'\\. 'action/new/" + nobody.id()
                + "\\.json' moved to 'action/invalid/" + nobody.id() + "\\.json'");
        drop(
                "bad.json",
                platform.signed("bad", "name='a'").withTarget("name='b'").withId(platform.nextId()));
        expect("\\[warning] .*\\. 'action/new/[0-9a-z]+\\.json' moved to 'action/invalid/[0-9a-z]+\\.json'");

        web1.send(Topology.RESULTS, "nonsense that is long enough".getBytes(StandardCharsets.UTF_8));
        expect("\\[error] discarding invalid message received in results channel.*");

        platform.insert(platform.signed("refused", "name='web1'"));
        Command command = web1.nextCommand();
        platform.change("ALTER TABLE commands ADD CONSTRAINT refuse CHECK (status <> 'failed')");
        try {
            web1.answer(command, CommandStatus.FAILED);
            expect("\\[error] command results insertion in database failed with error: .*refuse.*");
        } finally {
            platform.change("ALTER TABLE commands DROP CONSTRAINT refuse");
        }
    }

    @Test
    void tellsOfCommandsThatFindNoQueue() throws Exception {
        Instant now = Instant.now();
        Agent without = new Agent(
                null, "noqueue", "linux.noqueue.good", "daemon", "v", 7, now, null, now, null, false, null, null);
        web1.send(Topology.HEARTBEATS, MigJson.bytes(without));
        Eventually.isTrue("registered", () -> platform.query("SELECT count(*) FROM agents WHERE name = 'noqueue'")
                .equals("1"));

        platform.insert(platform.signed("in vain", "name='noqueue'"));

        expect("\\[warning] publishing failed to queue mig\\.agt\\.linux\\.noqueue\\.good: no queue for agent.*");
    }
}
