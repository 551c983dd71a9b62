package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ninja.mig.database.Agents;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.database.Targets;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.ModuleResult;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.runtime.Closer;
import ninja.mig.target.TargetExpression;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Several agents on one queue. Their heartbeats come every five minutes. */
@ExtendWith(MigServices.class)
class DuplicateAgentsIT {
    private static final String WEB1 = "linux.web1.x1";

    private final FreshDatabase fresh;
    private final AmqpBroker broker;
    private final Closer closer = new Closer();
    private final TestClock clock = new TestClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    private final IdGenerator ids = new IdGenerator(clock);

    @TempDir
    Path folder;

    private Platform platform;
    private CapturedLog log;
    private Database database;
    private Agents agents;
    private Optional<SchedulerKey> key;
    private ActiveInvestigators investigators;
    private DuplicateAgents duplicates;

    DuplicateAgentsIT(FreshDatabase fresh, AmqpBroker broker) {
        this.fresh = fresh;
        this.broker = broker;
    }

    @BeforeEach
    void setUp() throws Exception {
        platform = closer.register(new Platform(fresh, broker));
        platform.forgetAgents();
        platform.change("UPDATE investigators SET status = 'active'");
        log = closer.register(new CapturedLog());
        database = closer.register(platform.schedulerDatabase());
        agents = new Agents(database);
        key = Optional.of(SchedulerKey.load(new Investigators(database), clock));
        investigators = new ActiveInvestigators(new Investigators(database), clock);
        duplicates = duplicates("spool", "");
    }

    @AfterEach
    void tearDown() throws Exception {
        closer.close();
    }

    private DuplicateAgents duplicates(String spool, String more) {
        SchedulerConf conf = platform.conf(folder.resolve(spool), "[agent]\ndetectmultiagents = on\n" + more);
        Spool files = Spool.open(conf.spool(), conf.tmp(), true);
        return new DuplicateAgents(agents, new KillOrders(key, investigators, files, ids, clock), conf, clock);
    }

    /** The agent with the higher pid started later. */
    private void heartbeats(String queueLoc, String mode, int... pids) throws Exception {
        for (int pid : pids) {
            Agent heartbeat = new Agent(
                    null,
                    "agent" + pid,
                    queueLoc,
                    mode,
                    "v" + pid,
                    pid,
                    clock.instant().minusSeconds(1000 - pid),
                    null,
                    clock.instant(),
                    null,
                    false,
                    null,
                    null);
            agents.register(List.of(heartbeat), ids, clock.instant());
        }
    }

    private void heartbeats(String queueLoc, int... pids) throws Exception {
        heartbeats(queueLoc, "daemon", pids);
    }

    private void upgraded(String queueLoc, int pid) throws Exception {
        assertTrue(agents.markUpgraded(queueLoc, pid));
    }

    private void look() throws Exception {
        duplicates.lookAtAll();
        duplicates.run();
    }

    private List<Action> orders(String spool) throws Exception {
        SchedulerConf conf = platform.conf(folder.resolve(spool), "");
        ActionFiles files = new ActionFiles(Spool.open(conf.spool(), conf.tmp(), true));
        List<Action> orders = new ArrayList<>();
        for (Path file : files.inNew()) {
            Action order = files.read(file).orElseThrow();
            assertEquals(order.id() + ".json", file.getFileName().toString());
            orders.add(order);
        }
        return orders;
    }

    private List<Action> orders() throws Exception {
        return orders("spool");
    }

    private String status(int pid) throws Exception {
        return platform.query("SELECT status FROM agents WHERE pid = " + pid);
    }

    @Test
    void ordersTheUpgradedAgentToEnd() throws Exception {
        heartbeats(WEB1, 42, 43);
        upgraded(WEB1, 42);

        look();

        Action order = orders().get(0);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        assertEquals("Kill agent agent42", order.name());
        assertEquals("queueloc='linux.web1.x1'", order.target());
        assertEquals(now.minusSeconds(60), order.validFrom());
        assertEquals(now.plusSeconds(1800), order.expireAfter());
        assertEquals(Action.SYNTAX_VERSION, order.syntaxVersion());
        assertEquals("agentdestroy", order.operations().get(0).module());
        assertEquals(
                "{\"pid\":42,\"version\":\"v42\"}",
                order.operations().get(0).parameters().toString());
        assertEquals(1, investigators.verify(order).size());
        order.validate(clock.instant());
        assertEquals("destroyed", status(42));
        assertEquals("online", status(43));
        Agent ended = agents.onQueue(WEB1, Instant.EPOCH).get(0);
        assertEquals(clock.instant(), ended.destructionTime());
        assertTrue(log.has("[warning] issued kill action for agent 'agent42' with PID '42'"), log.text());
        assertFalse(log.text().contains("running on"), log.text());
    }

    @Test
    void ordersAnAgentThatDoesNotEndAgainAfterThreeHeartbeatsAndNotBefore() throws Exception {
        heartbeats(WEB1, 42, 43);
        upgraded(WEB1, 42);
        look();

        clock.advance(Duration.ofMinutes(15));
        heartbeats(WEB1, 42, 43);
        look();
        assertEquals(1, orders().size());

        clock.advance(Duration.ofSeconds(1));
        look();
        look();
        assertEquals(2, orders().size());
        assertEquals("destroyed", status(42));
    }

    @Test
    void ordersNobodyWhoseSuccessorIsSilent() throws Exception {
        heartbeats(WEB1, 42, 43);
        upgraded(WEB1, 42);
        clock.advance(Duration.ofMinutes(5));
        heartbeats(WEB1, 42);

        duplicates.look(WEB1);
        duplicates.run();

        assertEquals(List.of(), orders());
        assertEquals("upgraded", status(42));
    }

    @Test
    void ordersNobodyWhenNoAgentCouldBeReached() throws Exception {
        heartbeats(WEB1, 42, 43);
        upgraded(WEB1, 42);
        upgraded(WEB1, 43);

        look();

        assertEquals(List.of(), orders());
    }

    @Test
    void ordersTenAgentsPerMinute() throws Exception {
        for (int i = 0; i < 12; i++) {
            heartbeats("linux.h" + i + ".x1", 100 + i, 200 + i);
            upgraded("linux.h" + i + ".x1", 100 + i);
        }

        look();
        look();
        assertEquals(10, orders().size());
        assertTrue(log.has("[warning] 10 agents were told to end within a minute, others wait"), log.text());

        clock.advance(Duration.ofSeconds(59));
        look();
        assertEquals(10, orders().size());
        clock.advance(Duration.ofSeconds(1));
        look();
        assertEquals(12, orders().size());
    }

    @Test
    void severalSchedulersGiveOneOrder() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            List<DuplicateAgents> schedulers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                schedulers.add(duplicates("spool" + i, "killdupagents = on\n"));
            }
            for (int i = 0; i < 5; i++) {
                heartbeats("linux.h" + i + ".x1", 100 + i, 200 + i);
            }
            List<Future<?>> runs = new ArrayList<>();
            for (DuplicateAgents one : schedulers) {
                one.lookAtAll();
                runs.add(pool.submit(() -> {
                    one.run();
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            pool.shutdownNow();
        }

        assertEquals(
                5,
                orders("spool0").size()
                        + orders("spool1").size()
                        + orders("spool2").size());
        assertEquals("5", platform.query("SELECT count(*) FROM agents WHERE status = 'online' AND pid >= 200"));
    }

    @Test
    void warnsOfTheOthersAndLeavesThem() throws Exception {
        heartbeats(WEB1, 42, 43, 44);

        look();
        look();

        assertEquals(
                List.of("[warning] found '3' agents running on 'linux.web1.x1'. Require manual inspection."),
                log.lines().stream().filter(l -> l.contains("found")).toList());
        assertEquals(List.of(), orders());
        assertEquals("3", platform.query("SELECT count(*) FROM agents WHERE status = 'online'"));
    }

    @Test
    void endsTheOthersOneByOneIfItIsToldTo() throws Exception {
        duplicates = duplicates("spool", "killdupagents = on\n");
        heartbeats(WEB1, 42, 43, 44);

        look();
        assertEquals("destroyed", status(42));
        assertEquals("online", status(43));
        look();
        assertEquals("destroyed", status(43));
        look();

        assertEquals("online", status(44));
        assertEquals(2, orders().size());
    }

    @Test
    void countsNoAgentsThatOnlyCheckIn() throws Exception {
        duplicates = duplicates("spool", "killdupagents = on\n");
        heartbeats(WEB1, 42);
        heartbeats(WEB1, "checkin", 43, 44);

        duplicates.look(WEB1);
        look();

        assertEquals(List.of(), orders());
        assertFalse(log.text().contains("running on"), log.text());
    }

    @Test
    void doesNothingUnlessItIsToldTo() throws Exception {
        SchedulerConf conf = platform.conf(folder.resolve("spool"), "[agent]\nkilldupagents = on\n");
        Spool spool = Spool.open(conf.spool(), conf.tmp(), true);
        duplicates = new DuplicateAgents(agents, new KillOrders(key, investigators, spool, ids, clock), conf, clock);
        heartbeats(WEB1, 42, 43);

        duplicates.look(WEB1);
        look();

        assertEquals(List.of(), orders());
        assertFalse(log.text().contains("running on"), log.text());
    }

    @Test
    void quotesTheQueueloc() throws Exception {
        String hostile = "linux.o'brien' OR 'a'='a.x1";
        heartbeats(WEB1, 41);
        heartbeats(hostile, 42, 43);
        upgraded(hostile, 42);

        look();

        String target = orders().get(0).target();
        assertEquals("queueloc='linux.o''brien'' OR ''a''=''a.x1'", target);
        TargetExpression.check(target);
        try (Targets targets = new Targets(database)) {
            assertEquals(
                    List.of(43), targets.select(target).stream().map(Agent::pid).toList());
        }
    }

    @Test
    void anAgentCannotChooseANameThatProtectsIt() throws Exception {
        Agent hostile = new Agent(
                null,
                "a;target=\u0007\n",
                WEB1,
                "daemon",
                "v",
                42,
                clock.instant(),
                null,
                clock.instant(),
                null,
                false,
                null,
                null);
        agents.register(List.of(hostile), ids, clock.instant());
        heartbeats(WEB1, 43);
        upgraded(WEB1, 42);

        look();

        assertEquals("Kill agent a?target=??", orders().get(0).name());
    }

    @Test
    void goesOnWithoutAKey() throws Exception {
        key = Optional.empty();
        duplicates = duplicates("spool", "");
        heartbeats(WEB1, 42, 43, 44);
        upgraded(WEB1, 42);

        look();

        assertEquals(List.of(), orders());
        assertEquals("upgraded", status(42));
        assertTrue(
                log.has("[warning] agent 'agent42' cannot be told to end: the key of the scheduler cannot be read"),
                log.text());
        assertTrue(
                log.has("[warning] found '2' agents running on 'linux.web1.x1'. Require manual inspection."),
                log.text());
    }

    @Test
    void givesNoOrdersThatNobodyWouldAccept() throws Exception {
        platform.change("UPDATE investigators SET status = 'disabled' WHERE name = 'migscheduler'");
        heartbeats(WEB1, 42, 43);
        upgraded(WEB1, 42);

        look();

        assertEquals(List.of(), orders());
        assertEquals("upgraded", status(42));
        assertTrue(log.text().contains("agent 'agent42' cannot be told to end: "), log.text());
    }

    /** From the result of an upgrade to the order, through a running scheduler. */
    @Test
    void endsAnAgentThatHasInstalledItsSuccessor() throws Exception {
        Path spool = folder.resolve("running");
        Scheduler.start(
                platform.conf(spool, "[agent]\ndetectmultiagents = on\n[periodic]\nfreq = 200ms\n"),
                Clock.systemUTC(),
                closer);
        SimulatedAgent agent = closer.register(new SimulatedAgent(platform.relay(BrokerUser.AGENT), WEB1));
        agent.heartbeat(42);
        Await.until("registered", () -> status(42).equals("online"));
        Action upgrade = platform.insert(platform.signed("upgrade", "queueloc='" + WEB1 + "'", "upgrade"));
        ModuleResult done = new ModuleResult(
                false, true, JsonNodeFactory.instance.objectNode().put("oldpid", 42), null, List.of());
        agent.answer(agent.nextCommand(), CommandStatus.SUCCESS, done);
        platform.awaitStatus(upgrade, ActionStatus.COMPLETED);
        Await.until("upgraded", () -> status(42).equals("upgraded"));

        agent.heartbeat(43);
        Command order = agent.nextCommand();

        assertEquals("agentdestroy", order.action().operations().get(0).module());
        assertEquals(
                42, order.action().operations().get(0).parameters().get("pid").asInt());
        assertEquals("Kill agent web1", order.action().name());
        assertEquals("destroyed", status(42));
        assertEquals("online", status(43));
        assertEquals(
                "migscheduler",
                platform.query("SELECT i.name FROM investigators i JOIN signatures s ON s.investigatorid = i.id"
                        + " WHERE s.actionid = " + order.action().id()));
        agent.answer(order, CommandStatus.SUCCESS);
        platform.awaitStatus(order.action(), ActionStatus.COMPLETED);
        assertTrue(log.has("[warning] issued kill action for agent 'web1' with PID '42'"), log.text());
        assertNotEquals(upgrade.id(), order.action().id());
        assertTrue(Files.exists(spool.resolve("action/done/" + upgrade.id() + ".json")));
    }
}
