package ninja.mig.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import ninja.mig.fleet.Behaviour;
import ninja.mig.fleet.Counts;
import ninja.mig.fleet.Fleet;
import ninja.mig.fleet.RelayLogin;
import ninja.mig.fleet.Result;
import ninja.mig.fleet.SimulatedAgent;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import ninja.mig.platform.testing.RealRabbitMq;
import ninja.mig.relay.Topology;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Agents answer 20,000 commands of 80 actions while every few seconds something fails. System property
 * {@code mig.chaos.minutes} makes it go on for so long.
 */
@ExtendWith(MigServices.class)
@RealRabbitMq
class ChaosIT {
    private static final int AGENTS = 250;
    private static final int ACTIONS_PER_FAULT = 4;
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration SOAK = Duration.ofMinutes(Integer.getInteger("mig.chaos.minutes", 0));

    /** A build has other work for the processors meanwhile; a soak has them for itself, and measures. */
    private static final Duration RECOVERY = SOAK.isZero() ? LIMIT : Duration.ofSeconds(30);

    private static final int DISK = 256;

    /** Of what comes back at once when we want it to. */
    private static final Duration OUTAGE = Duration.ofSeconds(3);

    /** Does something bad and, when it returns, has made the outage end. */
    private interface Strike {
        void run() throws Exception;
    }

    private record Fault(String name, Strike strike) {}

    private final long seed = Long.getLong("mig.chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<String, List<Duration>> recoveries = new LinkedHashMap<>();
    private final List<Action> actions = new ArrayList<>();
    private final Map<String, Integer> refused = new LinkedHashMap<>();
    private PostgresServer postgres;
    private AmqpBroker broker;
    private PrivateDirectory directory;
    private SmallDisk disk;
    private Site site;
    private Cable cable;
    private SchedulerProcess scheduler;
    private int metrics;
    private Fleet fleet;
    private int expected;

    @BeforeEach
    void start(@OwnServer PostgresServer server, @OwnServer FreshDatabase database, @OwnServer AmqpBroker relay)
            throws Exception {
        postgres = server;
        broker = relay;
        directory = PrivateDirectory.temporary("mig-chaos");
        disk = SmallDisk.at(directory.path().resolve("disk"), DISK);
        site = new Site(database, relay, directory.path());
        cable = new Cable(relay.host(), relay.port());
        metrics = freePort();
        Path spool = disk.path().resolve("spool");
        scheduler = site.scheduler("scheduler", cable, spool, "[metrics]\nlisten = \"127.0.0.1:" + metrics + "\"\n");
        scheduler.start();
        scheduler.awaitReady();
        fleet = Fleet.start(RelayLogin.of(relay), Fleet.Shape.of("fleetchaos", AGENTS), ChaosIT::soon);
        fleet.awaitConnected(LIMIT);
        fleet.heartbeat();
        Await.until("the agents", LIMIT, () -> site.number("SELECT count(*) FROM agents") == AGENTS);
        fleet.heartbeatEvery(Duration.ofSeconds(10));
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** As agents that have something to do. */
    private static List<Result> soon(SimulatedAgent agent, JsonNode command) {
        Duration work = Duration.ofMillis(ThreadLocalRandom.current().nextInt(500));
        return List.of(Result.later(Behaviour.answer(agent, command, "success"), work));
    }

    @AfterEach
    void stop() throws Exception {
        fleet.close();
        scheduler.close();
        cable.close();
        site.close();
        disk.close();
        directory.close();
    }

    private List<Fault> faults() {
        return List.of(
                new Fault("scheduler SIGKILL", this::killScheduler),
                new Fault("PostgreSQL stop", this::stopPostgres),
                new Fault("poison", this::poison),
                new Fault("relay connections cut", cable::cut),
                new Fault("RabbitMQ crash", this::crashBroker),
                new Fault("scheduler SIGKILL", this::killScheduler),
                new Fault("database connections cut", this::cutDatabase),
                new Fault(disk.failure(), this::fillDisk),
                new Fault("scheduler SIGKILL", this::killScheduler),
                new Fault("PostgreSQL crash", this::crashPostgres),
                new Fault("relay unplugged", this::unplugRelay),
                new Fault("scheduler SIGKILL", this::killScheduler),
                new Fault("SIGKILL and PostgreSQL crash", this::killBoth),
                new Fault("database connections cut", this::cutDatabase),
                new Fault("RabbitMQ stop", this::stopBroker),
                new Fault("scheduler SIGKILL", this::killScheduler),
                new Fault(disk.failure(), this::fillDisk),
                new Fault("relay connections cut", cable::cut),
                new Fault("PostgreSQL crash", this::crashPostgres),
                new Fault("poison", this::poison));
    }

    private void killScheduler() throws Exception {
        scheduler.kill();
        scheduler.start();
    }

    private void stopPostgres() throws Exception {
        postgres.stop();
        postgres.start();
    }

    private void crashPostgres() throws Exception {
        postgres.crash();
        postgres.start();
    }

    private void killBoth() throws Exception {
        postgres.crash();
        scheduler.kill();
        scheduler.start();
        postgres.start();
    }

    private void stopBroker() throws Exception {
        broker.stop();
        broker.start();
    }

    private void crashBroker() throws Exception {
        broker.crash();
        broker.start();
    }

    private void unplugRelay() throws Exception {
        cable.unplug();
        Thread.sleep(OUTAGE.toMillis());
        cable.plug();
    }

    private void cutDatabase() throws Exception {
        site.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'migscheduler'");
    }

    private void fillDisk() throws Exception {
        disk.fill();
        Thread.sleep(OUTAGE.toMillis());
        disk.empty();
    }

    /** Somebody with an agent's password sends nonsense and lies. */
    private void poison() throws Exception {
        Map<String, Long> before = refusals();
        Map<String, Long> due = new LinkedHashMap<>(before);
        for (Poison poison : Poison.all(answered(), fleet.agents())) {
            due.merge(poison.counter(), 1L, Long::sum);
            refused.merge(poison.name(), 1, Integer::sum);
            poison.send(fleet);
        }
        Await.until(() -> "refusals " + due + ", not " + refusals(), RECOVERY, () -> agree(due, refusals()));
    }

    /** Good results come again too when a scheduler was killed: the relay has delivered them twice. */
    private static boolean agree(Map<String, Long> due, Map<String, Long> refused) {
        Map<String, Long> others = new TreeMap<>(refused);
        return others.remove(Poison.REPEATED) >= due.get(Poison.REPEATED)
                && others.entrySet().stream().allMatch(each -> each.getValue().equals(due.get(each.getKey())));
    }

    private Map<String, Long> refusals() {
        Map<String, Long> all = Metrics.read(metrics, "mig_heartbeats_refused_total");
        all.putAll(Metrics.read(metrics, "mig_results_refused_total"));
        return all;
    }

    /** A command that the first agent has answered. */
    private ObjectNode answered() throws Exception {
        SimulatedAgent agent = fleet.agents().get(0);
        String condition = " FROM commands c JOIN agents g ON g.id = c.agentid WHERE g.queueloc = '" + agent.queueLoc()
                + "' AND c.status = 'success' ORDER BY c.id LIMIT 1";
        return (ObjectNode) MigJson.tree("""
                {"id":%s,"action":{"id":%s,"operations":[{"module":"file"}]},"agent":{"queueloc":"%s"},"results":[]}
                """.formatted(
                        site.ask("SELECT c.id" + condition).orElseThrow(),
                        site.ask("SELECT c.actionid" + condition).orElseThrow(),
                        agent.queueLoc())
                .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void losesNothingAndDoesNothingTwice() throws Exception {
        long start = System.nanoTime();
        List<Fault> faults = faults();
        faults.forEach(fault -> strike(fault));
        while (System.nanoTime() - start < SOAK.toNanos()) {
            List<Fault> shuffled = new ArrayList<>(faults);
            Collections.shuffle(shuffled, random);
            shuffled.forEach(fault -> strike(fault));
        }
        Await.until(() -> "everything to be finished: " + unfinished(), LIMIT, () -> unfinished()
                .isEmpty());
        Await.until("a tidy spool", LIMIT, () -> scheduler.isTidy(""));
        System.out.println(table(Duration.ofNanos(System.nanoTime() - start)));
        assertNothingLostOrDouble();
    }

    private void strike(Fault fault) {
        try {
            strikeInTheMiddle(fault);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(fault.name() + " (seed " + seed + "): " + e, e);
        }
    }

    private void strikeInTheMiddle(Fault fault) throws Exception {
        long before = fleet.counts().commands();
        for (int i = 0; i < ACTIONS_PER_FAULT; i++) {
            launch("fleetchaos-%", AGENTS);
        }
        int middle = random.nextInt(ACTIONS_PER_FAULT * AGENTS * 3 / 4);
        Await.until("commands at the agents", LIMIT, () -> fleet.counts().commands() - before >= middle);
        fault.strike().run();
        long end = System.nanoTime();
        probe();
        recoveries
                .computeIfAbsent(fault.name(), name -> new ArrayList<>())
                .add(Duration.ofNanos(System.nanoTime() - end));
        assertTrue(scheduler.isAlive(), "the scheduler ended by itself after: " + fault.name());
    }

    private Action launch(String target, int agents) throws Exception {
        Action action = site.launch("chaos " + actions.size(), "name LIKE '" + target + "'");
        actions.add(action);
        expected += agents;
        return action;
    }

    /** All works again when a heartbeat and an action come through. */
    private void probe() throws Exception {
        SimulatedAgent agent = fleet.agents().get(random.nextInt(AGENTS));
        String since = site.ask("SELECT now()").orElseThrow();
        fleet.heartbeat(agent);
        Action action = launch(agent.name(), 1);
        Await.until(() -> "an action to be completed, which is " + describe(action), RECOVERY, () -> site.status(action)
                .equals("completed"));
        Await.until(
                "a heartbeat to be stored",
                RECOVERY,
                () -> site.number("SELECT count(*) FROM agents WHERE queueloc = '" + agent.queueLoc()
                                + "' AND heartbeattime >= '" + since + "'")
                        == 1);
    }

    private String describe(Action action) {
        try {
            return site.status(action) + ", of all: " + unfinished() + "; " + fleet.connected() + " agents connected; "
                    + scheduler.tail();
        } catch (SQLException e) {
            return e.toString();
        }
    }

    /** Actions that are not completed, by status. */
    private String unfinished() {
        try {
            return site.ask(
                            "SELECT coalesce(string_agg(n || ' ' || status, ', '), '') FROM (SELECT count(*) AS n, status"
                                    + " FROM actions WHERE status <> 'completed' GROUP BY status) AS open")
                    .orElseThrow();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String table(Duration took) {
        StringBuilder table = new StringBuilder("\nChaos, seed %d: %d commands of %d actions on %d agents in %d s\n"
                .formatted(seed, expected, actions.size(), AGENTS, took.toSeconds()));
        recoveries.forEach((fault, times) -> table.append("  %-30s %3d times, all works again after %s s%n"
                .formatted(
                        fault,
                        times.size(),
                        String.join(
                                " ",
                                times.stream()
                                        .map(time -> "%.1f".formatted(time.toMillis() / 1000.0))
                                        .toList()))));
        refused.forEach((poison, times) -> table.append("  %-30s %3d times, refused%n".formatted(poison, times)));
        Counts counts = fleet.counts();
        return table.append(
                        "  agents ran %d commands; %d came again from the scheduler, %d from the relay; %d connections of agents lost%n"
                                .formatted(
                                        counts.commands(), counts.duplicates(), counts.redeliveries(), counts.cuts()))
                .toString();
    }

    private void assertNothingLostOrDouble() throws Exception {
        assertEquals(expected, site.number("SELECT count(*) FROM commands"), "commands");
        assertEquals(expected, site.number("SELECT count(*) FROM commands WHERE status = 'success'"), "lost");
        assertEquals(expected, fleet.counts().commands(), "commands that agents ran");
        assertEquals(0, fleet.counts().misdirected() + fleet.counts().malformed(), "commands that no agent can read");
        assertEquals(
                expected,
                site.number("SELECT count(*) FROM chaos.changes WHERE relation = 'commands'"),
                "finished once");
        assertEquals(
                actions.size(),
                site.number("SELECT count(*) FROM chaos.changes WHERE after = 'completed'"),
                "landed once");
        assertEquals(
                0,
                site.number("SELECT count(*) FROM commands WHERE results::text LIKE '%" + Poison.MARK + "%'"),
                "lies believed");
        assertEquals(AGENTS, site.number("SELECT count(*) FROM agents"), "agents");
        assertEquals(0, site.messages(Topology.RESULTS), "results left");
        Await.until("all heartbeats", RECOVERY, () -> site.messages(Topology.HEARTBEATS) == 0);
        assertLogged();
        if (SOAK.isZero()) {
            assertEquals(AGENTS * ACTIONS_PER_FAULT * 20 + 20, expected);
            assertEquals(
                    "{scheduler SIGKILL=5, PostgreSQL stop=1, poison=2, relay connections cut=2, RabbitMQ crash=1,"
                            + " database connections cut=2, " + disk.failure()
                            + "=2, PostgreSQL crash=2, relay unplugged=1, SIGKILL and PostgreSQL crash=1, RabbitMQ stop=1}",
                    counts().toString());
            assertEquals(Collections.nCopies(14, 2), List.copyOf(refused.values()), refused.toString());
        }
    }

    private Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        recoveries.forEach((fault, times) -> counts.put(fault, times.size()));
        return counts;
    }

    /** Refusals of one kind are logged once a minute at most. */
    private void assertLogged() throws Exception {
        for (String line : List.of(
                "discarded heartbeat that cannot be read",
                "discarded heartbeat larger than 100kB",
                "discarded heartbeat of .*pid is negative",
                "getHeartbeats\\(\\): Agent 'linux\\.stranger.*' is not authorized",
                "Expired heartbeat received from Agent",
                "discarding invalid message received in results channel: (not JSON|it is not a JSON object)",
                "discarding invalid message received in results channel: it has 10485760 bytes",
                "discarding results: Agent 'linux\\.stranger.*' is not authorized",
                "discarding results of .*: the command was sent to another agent",
                "discarding results of .*: there is no such command",
                "discarding results of .*: the command belongs to another action")) {
            assertTrue(scheduler.count(line) > 0, "not in the log: " + line);
        }
    }
}
