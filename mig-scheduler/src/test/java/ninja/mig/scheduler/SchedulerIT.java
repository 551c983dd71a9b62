package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.Topology;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A running scheduler, whose collector looks by itself once an hour only: everything here it is told of. */
@ExtendWith(MigServices.class)
class SchedulerIT {
    private final FreshDatabase database;
    private final AmqpBroker broker;
    private final Closer closer = new Closer();

    @TempDir
    Path folder;

    private Platform platform;
    private Path spool;
    private Path whitelist;

    SchedulerIT(FreshDatabase database, AmqpBroker broker) {
        this.database = database;
        this.broker = broker;
    }

    @BeforeEach
    void start() throws Exception {
        platform = closer.register(new Platform(database, broker));
        spool = folder.resolve("spool");
        whitelist = Files.writeString(folder.resolve("whitelist"), "re:linux\\.[a-z0-9]+\\.good\n");
        Scheduler.start(
                platform.conf(spool, "[agent]\nwhitelist = \"" + whitelist + "\"\n"), Clock.systemUTC(), closer);
    }

    @AfterEach
    void stop() throws Exception {
        closer.close();
    }

    private SimulatedAgent agent(String queueLoc) throws Exception {
        return closer.register(new SimulatedAgent(platform.relay(BrokerUser.AGENT), queueLoc));
    }

    private SimulatedAgent registeredAgent(String queueLoc) throws Exception {
        SimulatedAgent agent = agent(queueLoc);
        agent.heartbeat();
        awaitRow(queueLoc, "online");
        return agent;
    }

    private void awaitRow(String queueLoc, String status) throws Exception {
        Await.until(queueLoc + " " + status, () -> platform.query(
                        "SELECT status FROM agents WHERE queueloc = '" + queueLoc + "'")
                .equals(status));
    }

    private boolean is(String path) {
        return Files.exists(spool.resolve(path));
    }

    private void awaitFile(String path) throws Exception {
        Await.until(path, () -> is(path));
    }

    private static String target(String host) {
        return "name='" + host + "'";
    }

    @Test
    void sendsAnActionToItsAgentsAndLandsIt() throws Exception {
        SimulatedAgent one = registeredAgent("linux.one.good");
        SimulatedAgent two = registeredAgent("linux.two.good");

        Action action = platform.insert(platform.signed("round trip", "name IN ('one', 'two')"));
        Command first = one.nextCommand();
        Command second = two.nextCommand();

        assertEquals(action.id(), first.action().id());
        assertEquals(action.pgpSignatures(), first.action().pgpSignatures());
        assertEquals(CommandStatus.SENT, first.status());
        assertEquals(1, first.results().size());
        assertEquals("linux.one.good", first.agent().queueLoc());
        assertEquals(42, first.agent().pid());
        platform.awaitStatus(action, ActionStatus.INFLIGHT);
        awaitFile("command/inflight/" + action.id() + "-" + first.id() + ".json");

        one.answer(first, CommandStatus.SUCCESS);
        two.answer(second, CommandStatus.FAILED);
        platform.awaitStatus(action, ActionStatus.COMPLETED);

        assertEquals(2, platform.counters(action).done());
        assertEquals(1, platform.counters(action).success());
        assertEquals(1, platform.counters(action).failed());
        awaitFile("action/done/" + action.id() + ".json");
        awaitFile("command/done/" + action.id() + "-" + first.id() + ".json");
        Await.until(
                "nothing in flight",
                () -> !is("action/inflight/" + action.id() + ".json")
                        && !is("command/inflight/" + action.id() + "-" + first.id() + ".json"));
        Action landed =
                MigJson.read(Files.readAllBytes(spool.resolve("action/done/" + action.id() + ".json")), Action.class);
        assertEquals(ActionStatus.COMPLETED, landed.status());
        assertEquals(2, landed.counters().done());
        assertEquals(action.operations(), landed.operations());
    }

    @Test
    void sendsACommandWhenItsAgentHasAQueueAgain() throws Exception {
        registeredAgent("linux.late.good").close();
        try (RelayConnection relay =
                RelayConnection.open(platform.relay(BrokerUser.SCHEDULER), "test", Clock.systemUTC())) {
            relay.deleteQueue("mig.agt.linux.late.good");
        }
        Action action = platform.insert(platform.signed("late", target("late")));
        platform.awaitStatus(action, ActionStatus.INFLIGHT);
        Await.until("in the outbox", () -> {
            try (Stream<Path> files = Files.list(spool.resolve("command/ready"))) {
                return files.anyMatch(file -> file.getFileName().toString().startsWith(action.id() + "-"));
            }
        });

        SimulatedAgent late = agent("linux.late.good");
        Command command = late.nextCommand();

        assertEquals(action.id(), command.action().id());
        awaitFile("command/inflight/" + action.id() + "-" + command.id() + ".json");
    }

    @Test
    void tellsWorkersOfNewAgentsAndResults() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        RelayConnection worker =
                closer.register(RelayConnection.open(platform.relay(BrokerUser.WORKER), "worker", Clock.systemUTC()));
        worker.declareWorker("test", "#");
        worker.consume(Topology.workerQueue("test"), 100, delivery -> {
            events.add(delivery.routingKey());
            delivery.ack();
        });

        SimulatedAgent agent = registeredAgent("linux.events.good");
        assertEquals("agent.new", events.poll(30, TimeUnit.SECONDS));
        agent.heartbeat();
        agent("linux.events.bad").heartbeat();
        assertEquals("agent.authentication.failure", events.poll(30, TimeUnit.SECONDS), "known agents are no news");
        Action action = platform.insert(platform.signed("events", target("events")));
        agent.answer(agent.nextCommand(), CommandStatus.SUCCESS);
        assertEquals("command.results", events.poll(30, TimeUnit.SECONDS));
        platform.awaitStatus(action, ActionStatus.COMPLETED);
    }

    @Test
    void registersNobodyWhoIsNotOnTheWhitelist() throws Exception {
        SimulatedAgent stranger = agent("linux.stranger.bad");
        stranger.heartbeat();
        registeredAgent("linux.after.good");

        assertEquals("no row", platform.query("SELECT id FROM agents WHERE queueloc = 'linux.stranger.bad'"));
    }

    @Test
    void authorizesAnAgentThatIsAddedToTheWhitelist() throws Exception {
        SimulatedAgent added = agent("linux.added.later");
        added.heartbeat();
        Files.writeString(whitelist, "linux.added.later\n", java.nio.file.StandardOpenOption.APPEND);

        Await.until("registered", () -> {
            added.heartbeat();
            return platform.query("SELECT status FROM agents WHERE queueloc = 'linux.added.later'")
                    .equals("online");
        });
    }

    @Test
    void outlivesMalformedMessages() throws Exception {
        SimulatedAgent agent = agent("linux.mal.good");
        for (String body : List.of("", "{", "[]", "{}", "{\"id\":1e400}", "\u0000\u0000\u0000\u0000\u0000\u0000")) {
            agent.send(Topology.HEARTBEATS, body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            agent.send(Topology.RESULTS, body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        agent.heartbeat();
        awaitRow("linux.mal.good", "online");

        Action action = platform.insert(platform.signed("after", target("mal")));
        agent.answer(agent.nextCommand(), CommandStatus.SUCCESS);
        platform.awaitStatus(action, ActionStatus.COMPLETED);
    }

    @Test
    void takesNoResultOfAnotherAgent() throws Exception {
        SimulatedAgent victim = registeredAgent("linux.victim.good");
        SimulatedAgent liar = registeredAgent("linux.liar.good");
        Action action = platform.insert(platform.signed("honest", target("victim")));
        Command command = victim.nextCommand();
        Agent self = new Agent(
                null, "victim", "linux.liar.good", "daemon", "", 42, null, null, null, null, false, null, null);

        liar.answer(
                new Command(command.id(), command.action(), self, command.status(), List.of(), null, null),
                CommandStatus.SUCCESS);
        liar.answer(
                new Command(
                        command.id(),
                        command.action().withId(new MigId(1)),
                        command.agent(),
                        command.status(),
                        List.of(),
                        null,
                        null),
                CommandStatus.SUCCESS);
        liar.answer(
                new Command(new MigId(1), command.action(), command.agent(), command.status(), List.of(), null, null),
                CommandStatus.SUCCESS);
        victim.answer(command, CommandStatus.TIMEOUT);
        platform.awaitStatus(action, ActionStatus.COMPLETED);

        assertEquals(1, platform.counters(action).timeout());
        assertEquals(0, platform.counters(action).success());
    }

    @Test
    void countsAResultThatComesTwiceOnce() throws Exception {
        SimulatedAgent agent = registeredAgent("linux.twice.good");
        Action action = platform.insert(platform.signed("twice", target("twice")));
        Command command = agent.nextCommand();

        agent.answer(command, CommandStatus.SUCCESS);
        agent.answer(command, CommandStatus.SUCCESS);
        agent.answer(command, CommandStatus.FAILED);
        platform.awaitStatus(action, ActionStatus.COMPLETED);
        agent.heartbeat();
        Action next = platform.insert(platform.signed("next", target("twice")));
        agent.answer(agent.nextCommand(), CommandStatus.SUCCESS);
        platform.awaitStatus(next, ActionStatus.COMPLETED);

        assertEquals(1, platform.counters(action).done());
        assertEquals(1, platform.counters(action).success());
    }

    @Test
    void callsOffACancelledActionAtOnce() throws Exception {
        SimulatedAgent quick = registeredAgent("linux.cancelquick.good");
        SimulatedAgent slow = registeredAgent("linux.cancelslow.good");
        Action action = platform.insert(platform.signed("cancelled", "name LIKE 'cancel%'"));
        quick.answer(quick.nextCommand(), CommandStatus.SUCCESS);
        Command command = slow.nextCommand();
        Await.until("answered", () -> platform.counters(action).success() == 1);

        long start = System.nanoTime();
        assertTrue(platform.cancel(action));
        awaitFile("action/done/" + action.id() + ".json");
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        System.err.println("from the cancelling of an action to its landing: " + took.toMillis() + " ms");
        assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, "it took " + took);
        assertEquals(ActionCounters.of(0, 1, 1, 0, 0, 0), platform.counters(action));
        Await.until("called off", () -> !is("command/inflight/" + action.id() + "-" + command.id() + ".json"));

        slow.answer(command, CommandStatus.TIMEOUT);
        Await.until("replaced", () -> platform.counters(action).timeout() == 1);
        assertEquals(ActionCounters.of(0, 1, 0, 0, 0, 1), platform.counters(action));
        assertEquals(ActionStatus.CANCELLED, platform.status(action));
    }

    @Test
    void anActionForNobodyIsInvalid() throws Exception {
        Action action = platform.insert(platform.signed("nobody", target("nobody at all")));

        platform.awaitStatus(action, ActionStatus.INVALID);

        awaitFile("action/invalid/" + action.id() + ".json");
        String reason = Files.readString(spool.resolve("action/invalid/" + action.id() + ".json.reason"));
        assertEquals("No agents found for target: name='nobody at all'\n", reason);
        assertFalse(is("action/new/" + action.id() + ".json"));
    }

    @Test
    void anActionWhoseSignatureDoesNotFitIsInvalidWhoeverInsertedIt() throws Exception {
        registeredAgent("linux.forged.good");
        Action action =
                platform.insert(platform.signed("forged", target("nobody")).withTarget(target("forged")));

        platform.awaitStatus(action, ActionStatus.INVALID);

        awaitFile("action/invalid/" + action.id() + ".json.reason");
        assertEquals("0", platform.query("SELECT count(*) FROM commands WHERE actionid = " + action.id()));
    }

    @Test
    void aTargetThatIsNoConditionIsInvalidWithTheReason() throws Exception {
        Action action = platform.insert(platform.signed("bad", "no_such_column = 1"));

        platform.awaitStatus(action, ActionStatus.INVALID);

        awaitFile("action/invalid/" + action.id() + ".json.reason");
        String reason = Files.readString(spool.resolve("action/invalid/" + action.id() + ".json.reason"));
        assertTrue(reason.contains("no_such_column"), reason);
    }

    /** A file that has been complete for long when it appears: what is refused is refused at once. */
    private Path drop(String name, Action action) throws Exception {
        Path file = Files.write(folder.resolve(name), MigJson.bytes(action));
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        return Files.move(file, spool.resolve("action/new").resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void takesInASignedFile() throws Exception {
        SimulatedAgent agent = registeredAgent("linux.drop.good");
        Action action = platform.signed("dropped", target("drop")).withId(platform.nextId());

        drop("dropped.json", action);
        Command command = agent.nextCommand();
        assertEquals(action.id(), command.action().id());
        agent.answer(command, CommandStatus.SUCCESS);
        platform.awaitStatus(action, ActionStatus.COMPLETED);

        assertEquals("1", platform.query("SELECT count(*) FROM signatures WHERE actionid = " + action.id()));
    }

    @Test
    void givesADroppedFileWithoutIdOne() throws Exception {
        SimulatedAgent agent = registeredAgent("linux.noid.good");

        drop("noid.json", platform.signed("no id", target("noid")));
        Command command = agent.nextCommand();

        assertFalse(command.action().id().isNone());
        assertEquals("1", platform.query("SELECT count(*) FROM actions WHERE name = 'no id'"));
        assertFalse(is("action/new/noid.json"));
    }

    @Test
    void refusesATamperedFileWithTheReason() throws Exception {
        registeredAgent("linux.tampered.good");
        Action tampered = platform.signed("tampered", target("nobody"))
                .withTarget(target("tampered"))
                .withId(platform.nextId());
        drop("tampered.json", tampered);

        awaitFile("action/invalid/tampered.json");

        String reason = Files.readString(spool.resolve("action/invalid/tampered.json.reason"));
        assertTrue(reason.contains("does not fit"), reason);
        assertEquals("no row", platform.query("SELECT id FROM actions WHERE id = " + tampered.id()));
    }

    @Test
    void refusesADroppedFileThatContradictsTheDatabase() throws Exception {
        SimulatedAgent agent = registeredAgent("linux.contra.good");
        Action action = platform.insert(platform.signed("contra", target("contra")));
        agent.nextCommand();

        drop("contra.json", platform.signed("another", target("contra")).withId(action.id()));

        awaitFile("action/invalid/contra.json.reason");
        assertEquals(ActionStatus.INFLIGHT, platform.status(action));
    }

    @Test
    void takesInAReturnedCommandAsAFile() throws Exception {
        SimulatedAgent agent = registeredAgent("linux.file.good");
        Action action = platform.insert(platform.signed("file", target("file")));
        Command answer = agent.nextCommand().withAnswer(CommandStatus.SUCCESS, List.of());
        platform.awaitStatus(action, ActionStatus.INFLIGHT);

        Path file = Files.write(folder.resolve("r.json"), MigJson.bytes(answer));
        Files.move(file, spool.resolve("command/returned/r.json"), StandardCopyOption.ATOMIC_MOVE);

        platform.awaitStatus(action, ActionStatus.COMPLETED);
        Await.until("taken in", () -> !is("command/returned/r.json"));
    }

    @Test
    void createsTheKeyOfTheSchedulers() throws Exception {
        assertEquals("1", platform.query("SELECT count(*) FROM investigators WHERE name = 'migscheduler'"));
        String armored =
                platform.query("SELECT convert_from(publickey, 'UTF8') FROM investigators WHERE name = 'migscheduler'");
        assertTrue(armored.startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----"), armored);
    }

    @Test
    void severalSchedulersDoEverythingOnce() throws Exception {
        Scheduler.start(
                platform.conf(folder.resolve("other"), "[agent]\nwhitelist = \"" + whitelist + "\"\n"),
                Clock.systemUTC(),
                closer);
        SimulatedAgent agent = registeredAgent("linux.shared.good");
        List<Action> actions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            actions.add(platform.insert(platform.signed("shared " + i, target("shared"))));
        }

        for (int i = 0; i < actions.size(); i++) {
            agent.answer(agent.nextCommand(), CommandStatus.SUCCESS);
        }
        for (Action action : actions) {
            platform.awaitStatus(action, ActionStatus.COMPLETED);
            assertEquals(1, platform.counters(action).sent());
        }
        assertEquals(0, agent.waitingCommands());
        assertEquals("1", platform.query("SELECT count(*) FROM investigators WHERE name = 'migscheduler'"));
    }

    @Test
    void anIdleSchedulerSendsAnActionAtOnce() throws Exception {
        SimulatedAgent agent = registeredAgent("linux.fast.good");
        Action warmUp = platform.insert(platform.signed("warm up", target("fast")));
        agent.answer(agent.nextCommand(), CommandStatus.SUCCESS);
        platform.awaitStatus(warmUp, ActionStatus.COMPLETED);

        long start = System.nanoTime();
        platform.insert(platform.signed("fast", target("fast")));
        agent.nextCommand();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        System.err.println("from the insertion of an action to its command at the agent: " + took.toMillis() + " ms");
        assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, "it took " + took);
    }

    /** A condition over a hundred million rows. */
    private static String slowTarget() {
        String hundred = "json_array_elements('[" + "0,".repeat(99) + "0]') ";
        return "(select count(*) from " + hundred + "a, " + hundred + "b, " + hundred + "c, " + hundred + "d) > 0";
    }

    @Test
    void anActionWithASlowTargetHoldsUpNoOther() throws Exception {
        SimulatedAgent agent = registeredAgent("linux.quick.good");
        Action slow = platform.insert(platform.signed("slow", slowTarget()));
        platform.awaitStatus(slow, ActionStatus.PREPARING);

        Action quick = platform.insert(platform.signed("quick", target("quick")));
        agent.answer(agent.nextCommand(), CommandStatus.SUCCESS);
        platform.awaitStatus(quick, ActionStatus.COMPLETED);

        assertEquals(ActionStatus.PREPARING, platform.status(slow));
        platform.query("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                + " WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%mig_agents_by_target%'");
        platform.awaitStatus(slow, ActionStatus.INVALID);
        Path reason = spool.resolve("action/invalid/" + slow.id() + ".json.reason");
        Await.until("the reason", () -> Files.exists(reason));
        assertTrue(Files.readString(reason).startsWith("Target took longer than"));
    }
}
