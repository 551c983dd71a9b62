package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ninja.mig.database.Agents;
import ninja.mig.model.Agent;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.QueueLoc;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.relay.Message;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayException;
import ninja.mig.relay.Topology;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(MigServices.class)
class QueuesCleanupIT {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final FreshDatabase fresh;
    private final AmqpBroker broker;
    private final Closer closer = new Closer();
    private final Clock clock = Clock.systemUTC();

    @TempDir
    Path folder;

    private Platform platform;
    private CapturedLog log;
    private Agents agents;
    private RelayConnection relay;
    private RelayConnection agentRelay;
    private QueuesCleanup cleanup;

    QueuesCleanupIT(FreshDatabase fresh, AmqpBroker broker) {
        this.fresh = fresh;
        this.broker = broker;
    }

    @BeforeEach
    void setUp() throws Exception {
        platform = closer.register(new Platform(fresh, broker));
        platform.forgetAgents();
        log = closer.register(new CapturedLog());
        agents = new Agents(closer.register(platform.schedulerDatabase()));
        relay = closer.register(RelayConnection.open(platform.relay(BrokerUser.SCHEDULER), "test", clock));
        relay.declareScheduler();
        agentRelay = closer.register(RelayConnection.open(platform.relay(BrokerUser.AGENT), "agent", clock));
        cleanup = cleanup("");
    }

    @AfterEach
    void tearDown() throws Exception {
        closer.close();
    }

    private QueuesCleanup cleanup(String more) {
        return new QueuesCleanup(agents, platform.conf(folder.resolve("spool"), more), clock);
    }

    /** A row, and the queue as its agent declares it. */
    private QueueLoc endpoint(String host, String status, Duration silentFor) throws Exception {
        QueueLoc queueLoc = new QueueLoc("linux", host, "x1");
        row(queueLoc.toString(), status, silentFor);
        agentRelay.declareAgent(queueLoc);
        return queueLoc;
    }

    private void row(String queueLoc, String status, Duration silentFor) throws Exception {
        Instant heard = clock.instant().minus(silentFor);
        Agent heartbeat =
                new Agent(null, "a", queueLoc, "daemon", "v", 42, heard, null, heard, null, false, null, null);
        agents.register(List.of(heartbeat), new IdGenerator(clock), heard);
        platform.change("UPDATE agents SET status = '" + status + "' WHERE queueloc = '" + queueLoc + "'");
    }

    private boolean exists(QueueLoc queueLoc) throws Exception {
        return relay.inspect(queueLoc.queue()).isPresent();
    }

    private List<String> removed() {
        return log.lines().stream().filter(l -> l.contains("removed")).toList();
    }

    @Test
    void removesTheQueuesOfAgentsThatAreGone() throws Exception {
        QueueLoc gone = endpoint("gone", "offline", Duration.ofHours(1));
        QueueLoc online = endpoint("online", "online", Duration.ofHours(1));
        QueueLoc idle = endpoint("idle", "idle", Duration.ofHours(1));
        QueueLoc missing = new QueueLoc("linux", "missing", "x1");
        row(missing.toString(), "offline", Duration.ofHours(1));
        QueueLoc last = endpoint("zlast", "offline", Duration.ofHours(26));

        cleanup.run();

        assertFalse(exists(gone));
        assertFalse(exists(last));
        assertTrue(exists(online));
        assertTrue(exists(idle));
        assertEquals(
                List.of("[info] removed endpoint queue linux.gone.x1", "[info] removed endpoint queue linux.zlast.x1"),
                removed());
        String end = log.lines().get(log.lines().size() - 1);
        assertTrue(end.matches("\\[info] QueuesCleanup\\(\\): done in [0-9.]+(m?s|µs)"), end);
    }

    @Test
    void leavesQueuesThatAreReadOrHoldMessages() throws Exception {
        QueueLoc read = endpoint("read", "offline", Duration.ofHours(1));
        QueueLoc full = endpoint("full", "offline", Duration.ofHours(1));
        agentRelay.consume(read.queue(), 1, delivery -> {});
        relay.publisher().publish(Message.to(full.queue(), new byte[] {1}, Duration.ofHours(1)), WAIT);

        cleanup.run();

        assertTrue(exists(read));
        assertEquals(1, relay.inspect(full.queue()).orElseThrow().messages());
        assertEquals(List.of(), removed());
    }

    @Test
    void severalSchedulersDoNoHarm() throws Exception {
        QueueLoc gone = endpoint("gone", "offline", Duration.ofHours(1));

        cleanup.run();
        cleanup("").run();

        assertFalse(exists(gone));
        assertEquals(1, removed().size());
    }

    @Test
    void looksBackAsFarAsQueuesMayHaveBeenLeft() throws Exception {
        QueueLoc before = endpoint("before", "offline", Duration.ofMinutes(33));

        cleanup("[agent]\ntimeout = 10m\n[periodic]\nqueuescleanupfreq = 1m\n").run();
        assertFalse(exists(before), "two hours more than timeout and queuescleanupfreq");

        QueueLoc long_ago = endpoint("longago", "offline", Duration.ofHours(27));
        cleanup.run();
        assertTrue(exists(long_ago));
    }

    @Test
    void neverTouchesAQueueThatIsNoAgents() throws Exception {
        row("heartbeats", "offline", Duration.ofHours(1));
        row("results", "offline", Duration.ofHours(1));

        cleanup.run();

        assertTrue(relay.inspect(Topology.HEARTBEATS).isPresent());
        assertTrue(relay.inspect(Topology.RESULTS).isPresent());
        assertTrue(log.text().contains("the queue of endpoint 'heartbeats' is left alone"), log.text());
    }

    @Test
    void stopsBetweenTwoQueues() throws Exception {
        endpoint("a", "offline", Duration.ofHours(1));
        QueueLoc second = endpoint("b", "offline", Duration.ofHours(1));
        cleanup.close();

        cleanup.run();

        assertTrue(exists(second));
    }

    @Test
    void needsTheRelayOnlyIfThereIsSomethingToRemove() throws Exception {
        QueuesCleanup lost = cleanup("[mq]\nport = 1\n");
        lost.run();

        endpoint("gone", "offline", Duration.ofHours(1));

        assertThrows(RelayException.class, lost::run);
    }

    @Test
    void runsAtOnceWithTheScheduler() throws Exception {
        QueueLoc gone = endpoint("gone", "offline", Duration.ofHours(1));

        Scheduler.start(platform.conf(folder.resolve("spool"), ""), clock, closer);

        Await.until("removed", () -> !exists(gone));
    }
}
