package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.database.Actions;
import ninja.mig.database.AgentStatistics;
import ninja.mig.database.Agents;
import ninja.mig.database.Claims;
import ninja.mig.database.Commands;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.database.Registration;
import ninja.mig.database.Targets;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import ninja.mig.model.Times;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.Topology;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler that ends between any two steps, and one whose database goes away: the parts, driven by hand. */
@ExtendWith(MigServices.class)
class CrashIT {
    private final FreshDatabase fresh;
    private final PostgresServer server;
    private final AmqpBroker broker;
    private final Closer closer = new Closer();
    private final TestClock clock = new TestClock(Instant.now());
    private final SchedulerMetrics metrics = new SchedulerMetrics(clock);
    private final IdGenerator ids = new IdGenerator(clock);
    private final FakePublisher relay = new FakePublisher();
    private final AtomicInteger acknowledged = new AtomicInteger();

    @TempDir
    Path folder;

    private Platform platform;
    private Database database;
    private Actions actions;
    private Commands commands;
    private Targets targets;
    private Claims claims;
    private String host;
    private Agent agent;

    private Spool spool;
    private ActionFiles actionFiles;
    private NewActions newActions;
    private Collector collector;
    private CalledOffCommands calledOff;
    private ActionLanding landing;
    private Launcher launcher;
    private CommandSender sender;
    private ReturnedCommands returned;
    private Periodic periodic;
    private Events events;

    CrashIT(@OwnServer PostgresServer server, @OwnServer FreshDatabase fresh, AmqpBroker broker) {
        this.server = server;
        this.fresh = fresh;
        this.broker = broker;
    }

    @BeforeEach
    void setUp() throws Exception {
        platform = closer.register(new Platform(fresh, broker));
        database = closer.register(platform.schedulerDatabase());
        targets = closer.register(new Targets(database));
        claims = closer.register(new Claims(database));
        actions = new Actions(database);
        commands = new Commands(database);
        host = "host" + platform.nextId();
        agent = register(host, 42);
        startScheduler();
    }

    @AfterEach
    void tearDown() throws Exception {
        closer.close();
    }

    private Agent register(String name, int pid) throws SQLException {
        Agent heartbeat = new Agent(
                null,
                name,
                "linux." + name + ".x1",
                "daemon",
                "",
                pid,
                clock.instant(),
                null,
                clock.instant(),
                null,
                false,
                null,
                null);
        List<Registration> registered = new Agents(database).register(List.of(heartbeat), ids, clock.instant());
        return registered.get(0).agent();
    }

    /** What the routines do when they are woken. */
    private void look() throws Exception {
        collector.run();
        launcher.run();
    }

    /** As after a crash: everything that was in memory is new. */
    private void startScheduler() {
        spool = Spool.open(folder.resolve("spool"), folder.resolve("spool/tmp"), true);
        actionFiles = new ActionFiles(spool);
        Whitelist whitelist = new Whitelist(Optional.empty(), clock);
        ActiveInvestigators investigators = new ActiveInvestigators(new Investigators(database), clock);
        events = new Events(relay, metrics);
        landing = new ActionLanding(actions, spool, metrics, clock);
        Outbox outbox = new Outbox(spool);
        sender = new CommandSender(outbox, actions::cancelled, relay, metrics, clock);
        newActions = new NewActions(
                actions, commands, targets, investigators, spool, outbox, ids, () -> {}, true, metrics, clock);
        UpgradedAgents upgraded = new UpgradedAgents(new Agents(database));
        returned = new ReturnedCommands(
                whitelist, commands, spool, landing, events, upgraded, 1024 * 1024, metrics, clock);
        calledOff = new CalledOffCommands(commands, spool, metrics, clock);
        launcher = new Launcher(claims, newActions, clock);
        collector = new Collector(
                actions,
                () -> {},
                new DroppedActions(actions, investigators, newActions, spool, ids, clock),
                newActions,
                returned,
                calledOff,
                landing,
                clock);
        SchedulerConf conf = platform.conf(folder.resolve("spool"), "");
        KillOrders orders = new KillOrders(Optional.empty(), investigators, spool, ids, clock);
        periodic = new Periodic(
                spool,
                actions,
                commands,
                new Agents(database),
                new AgentStatistics(database),
                upgraded,
                new DuplicateAgents(new Agents(database), orders, conf, clock),
                conf,
                clock);
    }

    private boolean is(String path) {
        return Files.exists(folder.resolve("spool").resolve(path));
    }

    private List<String> files(String path) throws Exception {
        try (var files = Files.list(folder.resolve("spool").resolve(path))) {
            return files.filter(Files::isRegularFile)
                    .map(f -> f.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private Action pending(String name) throws Exception {
        return platform.insert(platform.signed(name, "name='" + host + "'"));
    }

    /** What the agents were sent of this action. */
    private List<Command> sent(Action action) throws Exception {
        List<Command> sent = new ArrayList<>();
        for (ninja.mig.relay.Message message : relay.published()) {
            if (message.exchange().equals(Topology.EXCHANGE)) {
                Command command = MigJson.read(message.body(), Command.class);
                if (command.action().id().equals(action.id())) {
                    sent.add(command);
                }
            }
        }
        return sent;
    }

    private Results results() throws Exception {
        return closer.register(new Results(returned, spool, 10, metrics, clock));
    }

    private void deliver(Results results, Command answer) throws Exception {
        results.handle(Delivery.detached(Topology.RESULTS, MigJson.bytes(answer), acknowledged::incrementAndGet));
    }

    @Test
    void endsAfterTheClaim() throws Exception {
        Action action = pending("claimed");
        try (Claims others = new Claims(database)) {
            others.take(clock.instant(), 100);
            look();
            assertEquals(ActionStatus.SCHEDULED, platform.status(action), "somebody is at work on it");
        }
        awaitNoLocks();

        startScheduler();
        look();
        sender.run();

        assertEquals(ActionStatus.INFLIGHT, platform.status(action));
        assertEquals(1, sent(action).size());
    }

    @Test
    void endsWhilePreparing() throws Exception {
        Action action = pending("preparing");
        actionFiles.setUp(claim(action));
        actions.prepare(action.id(), clock.instant());

        startScheduler();
        look();
        sender.run();

        assertEquals(1, sent(action).size());
        assertEquals(1, platform.counters(action).sent());
        assertFalse(is("action/new/" + action.id() + ".json"));
    }

    @Test
    void endsAfterTheCommandsWereInsertedAndBeforeAnyWasSent() throws Exception {
        Action action = pending("inserted");
        insertCommands(action);

        startScheduler();
        look();
        sender.run();

        assertEquals(1, sent(action).size());
        assertEquals(1, sent(action).get(0).results().size());
        assertEquals(action.pgpSignatures(), sent(action).get(0).action().pgpSignatures());
        assertTrue(is("action/inflight/" + action.id() + ".json"));
        assertFalse(is("action/new/" + action.id() + ".json"));
        look();
        sender.run();
        assertEquals(1, sent(action).size(), "once");
    }

    /** As a scheduler that is gone when this returns. */
    private Action claim(Action action) throws Exception {
        Optional<Action> claimed;
        try (Claims others = new Claims(database)) {
            claimed = others.take(clock.instant(), 100).actions().stream()
                    .filter(a -> a.id().equals(action.id()))
                    .findFirst();
        }
        awaitNoLocks();
        return claimed.orElseThrow();
    }

    /** A session that was closed ends a moment later. */
    private void awaitNoLocks() throws Exception {
        Await.until("no locks", () -> platform.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
                .equals("0"));
    }

    private Command insertCommands(Action action) throws Exception {
        Action claimed = claim(action);
        actionFiles.setUp(claimed);
        actions.prepare(action.id(), clock.instant());
        Command command = new Command(
                ids.next(),
                claimed,
                agent,
                CommandStatus.SENT,
                List.of(ninja.mig.model.ModuleResult.EMPTY),
                clock.instant(),
                Times.NOT_YET);
        assertTrue(actions.fly(action.id(), List.of(command), clock.instant()));
        return command;
    }

    @Test
    void endsAfterSomeCommandsWereSent() throws Exception {
        Action action = pending("half");
        Command command = insertCommands(action);
        new CommandFiles(spool).ready(command);
        sender.run();

        startScheduler();
        look();
        sender.run();

        assertEquals(1, sent(action).size(), "what was sent is not sent again");
        assertTrue(is("action/inflight/" + action.id() + ".json"));
    }

    @Test
    void endsWithCommandsInTheOutbox() throws Exception {
        Action action = pending("outbox");
        look();
        assertEquals(1, files("command/ready").size());

        startScheduler();
        sender.run();

        assertEquals(1, sent(action).size());
        assertEquals(List.of(), files("command/ready"));
    }

    @Test
    void endsAfterAResultWasStoredAndBeforeTheActionLanded() throws Exception {
        Action action = pending("stored");
        look();
        sender.run();
        Command answer = sent(action).get(0).withAnswer(CommandStatus.SUCCESS, List.of());
        returned.store(List.of(Answer.parse(MigJson.bytes(answer))));

        startScheduler();
        look();
        periodic.tidy();

        assertEquals(ActionStatus.COMPLETED, platform.status(action));
        assertTrue(is("action/done/" + action.id() + ".json"));
        assertEquals(List.of(), files("command/inflight"));
        assertEquals(1, files("command/done").size());
    }

    @Test
    void landsOnceAndExpiresWhatNobodyAnswered() throws Exception {
        Action action = pending("silent");
        look();
        sender.run();
        clock.advance(Duration.ofMinutes(61));

        look();

        assertEquals(ActionStatus.COMPLETED, platform.status(action));
        assertEquals(1, platform.counters(action).expired());
        assertEquals(List.of(), files("command/inflight"));
        Command archived = MigJson.read(
                Files.readAllBytes(folder.resolve("spool/command/done")
                        .resolve(files("command/done").get(0))),
                Command.class);
        assertEquals(CommandStatus.EXPIRED, archived.status());
    }

    @Test
    void aLateResultReplacesTheExpiryAndLandsNothingAgain() throws Exception {
        Action action = pending("late");
        look();
        sender.run();
        clock.advance(Duration.ofMinutes(61));
        look();
        String finished = platform.query("SELECT finishtime FROM actions WHERE id = " + action.id());
        clock.advance(Duration.ofMinutes(1));

        Results results = results();
        deliver(results, sent(action).get(0).withAnswer(CommandStatus.SUCCESS, List.of()));
        results.close();
        look();

        assertEquals(1, platform.counters(action).success());
        assertEquals(0, platform.counters(action).expired());
        assertEquals(finished, platform.query("SELECT finishtime FROM actions WHERE id = " + action.id()));
        assertEquals(1, acknowledged.get());
    }

    @Test
    void aPendingActionThatNobodyTookInTimeIsInvalid() throws Exception {
        Action action = pending("forgotten");
        clock.advance(Duration.ofMinutes(61));

        look();

        assertEquals(ActionStatus.INVALID, platform.status(action));
        assertEquals(
                "it expired before a scheduler could take it\n",
                Files.readString(folder.resolve("spool/action/invalid/" + action.id() + ".json.reason")));
    }

    /** What the scheduler does when it is told that an action was cancelled. */
    private void callOff() throws Exception {
        calledOff.cancel();
        landing.checkAll();
    }

    private void assertCancelled(Action action, int commands) throws Exception {
        assertEquals(ActionStatus.CANCELLED, platform.status(action));
        assertEquals(
                ActionCounters.of(0, 0, commands, 0, 0, 0), platform.counters(action), "every command is cancelled");
        String done = Files.readString(spool.file(Spool.Folder.ACTION_DONE, action.id() + ".json"));
        Action archived = MigJson.read(done, Action.class);
        assertEquals(ActionStatus.CANCELLED, archived.status());
        assertEquals(action.operations(), archived.operations());
        assertEquals(clock.instant().truncatedTo(ChronoUnit.MICROS), archived.finishTime(), "it is finished");
        assertEquals(List.of(), files("action/new"));
        assertEquals(List.of(), files("action/inflight"));
        assertEquals(List.of(), files("command/ready"));
    }

    /** Nothing that a scheduler does later brings it back. */
    private void assertStaysCancelled(Action action, int commands) throws Exception {
        startScheduler();
        clock.advance(Duration.ofMinutes(11));
        for (int i = 0; i < 2; i++) {
            look();
            callOff();
            sender.run();
            periodic.tidy();
            clock.advance(Duration.ofMinutes(6));
        }
        assertEquals(List.of(), sent(action));
        assertEquals(ActionStatus.CANCELLED, platform.status(action));
        assertEquals(commands, platform.counters(action).sent());
        assertEquals(commands, platform.counters(action).cancelled());
    }

    private boolean cancel(Action action) throws Exception {
        return actions.cancel(action.id(), clock.instant());
    }

    @Test
    void cancelledWhilePending() throws Exception {
        Action action = pending("cancelled");
        assertTrue(cancel(action));

        look();
        callOff();
        look();
        actions.cancel(action.id(), clock.instant());

        look();
        periodic.tidy();
        sender.run();

        assertCancelled(action, 0);
        assertStaysCancelled(action, 0);
    }

    @Test
    void cancelledAfterTheClaim() throws Exception {
        Action action = pending("cancelled");
        Action claimed = claim(action);
        assertTrue(cancel(action));

        newActions.process(claimed);
        look();
        callOff();
        sender.run();

        assertCancelled(action, 0);
        assertStaysCancelled(action, 0);
    }

    @Test
    void cancelledByTheTimeItWouldBeReadopted() throws Exception {
        Action action = pending("cancelled");
        claim(action);
        clock.advance(Duration.ofMinutes(6));
        assertTrue(cancel(action));

        look();
        callOff();

        assertCancelled(action, 0);
        assertStaysCancelled(action, 0);
    }

    @Test
    void cancelledWhenItsSchedulerHadEndedWhilePreparing() throws Exception {
        Action action = pending("cancelled");
        actionFiles.setUp(claim(action));
        actions.prepare(action.id(), clock.instant());
        startScheduler();
        assertTrue(cancel(action));

        look();
        callOff();

        assertCancelled(action, 0);
        assertStaysCancelled(action, 0);
    }

    @Test
    void cancelledBetweenPreparingAndFlight() throws Exception {
        Action action = pending("cancelled");
        claim(action);
        actions.prepare(action.id(), clock.instant());
        assertTrue(cancel(action));

        assertFalse(actions.fly(action.id(), List.of(), clock.instant()));
        look();
        callOff();

        assertCancelled(action, 0);
    }

    /** The rows of the commands are being written when the API cancels: it waits, and then all of them are called off. */
    @Test
    void cancelledWhileItsCommandsAreInserted() throws Exception {
        for (int i = 0; i < 20; i++) {
            Action action = pending("race " + i);
            Thread cancelling = new Thread(() -> {
                try {
                    cancel(action);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            cancelling.start();
            look();
            cancelling.join();

            look();
            callOff();
            sender.run();

            assertEquals(List.of(), sent(action));
            int commands = platform.counters(action).sent();
            assertCancelled(action, commands);
            assertTrue(commands <= 1, "at most one for the only agent");
        }
    }

    @Test
    void cancelledBetweenFlightAndTheOutbox() throws Exception {
        Action action = pending("cancelled");
        look();
        spool.delete(Spool.Folder.ACTION_INFLIGHT, action.id() + ".json");
        for (String name : files("command/ready")) {
            spool.delete(Spool.Folder.COMMAND_READY, name);
        }
        actionFiles.setUp(action);
        startScheduler();
        assertTrue(cancel(action));

        look();
        callOff();
        sender.run();

        assertCancelled(action, 1);
        assertStaysCancelled(action, 1);
    }

    @Test
    void cancelledBeforeTheFirstPublication() throws Exception {
        Action action = pending("cancelled");
        look();
        assertEquals(1, files("command/ready").size());
        assertTrue(cancel(action));

        sender.run();
        callOff();

        assertCancelled(action, 1);
        assertStaysCancelled(action, 1);
    }

    /** Its rows are called off by another scheduler, which has no file of it. */
    @Test
    void cancelledAndCalledOffElsewhereBeforeTheFirstPublication() throws Exception {
        Action action = pending("cancelled");
        look();
        assertTrue(cancel(action));
        commands.cancel(clock.instant());
        assertTrue(actions.land(action.id(), clock.instant()).isPresent());

        sender.run();
        periodic.tidy();

        assertEquals(List.of(), sent(action));
        assertCancelled(action, 1);
        assertStaysCancelled(action, 1);
    }

    @Test
    void cancelledByTwoAtOnceIsCancelledOnce() throws Exception {
        Action action = pending("cancelled");
        look();

        assertTrue(cancel(action));
        assertFalse(cancel(action));
    }

    @Test
    void aResultThatComesAfterTheCancellingReplacesIt() throws Exception {
        Action action = pending("cancelled");
        look();
        sender.run();
        Command command = sent(action).get(0);
        assertTrue(cancel(action));
        callOff();
        assertEquals(1, platform.counters(action).cancelled());
        String finished = platform.query("SELECT finishtime FROM actions WHERE id = " + action.id());
        clock.advance(Duration.ofSeconds(5));

        Results results = results();
        deliver(results, command.withAnswer(CommandStatus.FAILED, List.of()));
        awaitCounters(action, ActionCounters.of(0, 0, 0, 0, 1, 0));
        deliver(results, command.withAnswer(CommandStatus.SUCCESS, List.of()));
        awaitCounters(action, ActionCounters.of(0, 1, 0, 0, 0, 0));
        callOff();

        assertEquals(ActionStatus.CANCELLED, platform.status(action));
        assertEquals(finished, platform.query("SELECT finishtime FROM actions WHERE id = " + action.id()));
    }

    @Test
    void theLastResultOfACancelledActionFinishesIt() throws Exception {
        Action action = pending("cancelled");
        look();
        sender.run();
        Command command = sent(action).get(0);
        assertTrue(cancel(action));

        Results results = results();
        deliver(results, command.withAnswer(CommandStatus.SUCCESS, List.of()));
        awaitCounters(action, ActionCounters.of(0, 1, 0, 0, 0, 0));

        String finished = "SELECT finishtime < '9000-01-01' FROM actions WHERE id = " + action.id();
        Await.until("finished", () -> platform.query(finished).equals("t"));
    }

    private void awaitCounters(Action action, ActionCounters counters) throws Exception {
        Await.until("counters " + counters, () -> platform.counters(action).equals(counters));
    }

    @Test
    void filesOfWhatAnotherSchedulerFinishedAreTidied() throws Exception {
        Action action = pending("elsewhere");
        look();
        sender.run();
        Command command = sent(action).get(0);
        commands.finish(List.of(command.withAnswer(CommandStatus.FAILED, List.of())), clock.instant());
        actions.land(action.id(), clock.instant());

        periodic.tidy();

        assertEquals(List.of(), files("command/inflight"));
        assertEquals(List.of(action.id() + ".json"), files("action/done"));
        assertEquals(List.of(), files("action/inflight"));
    }

    @Test
    void aHintOfTheApiThatCameLateIsRemoved() throws Exception {
        Action action = pending("hint");
        look();
        Files.write(spool.file(Spool.Folder.ACTION_NEW, action.id() + ".json"), MigJson.bytes(action));

        look();
        sender.run();

        assertFalse(is("action/new/" + action.id() + ".json"));
        assertEquals(1, sent(action).size());
    }

    @Test
    void aMalformedFileIsPutAsideOnceAndOthersAreTaken() throws Exception {
        Path broken = Files.writeString(spool.file(Spool.Folder.ACTION_NEW, "broken.json"), "{\"name\":");
        Action action = pending("beside");

        look();
        assertTrue(is("action/new/broken.json"), "it may be in the middle of being written");
        Files.setLastModifiedTime(broken, java.nio.file.attribute.FileTime.fromMillis(0));
        clock.advance(Duration.ofSeconds(3));
        look();

        assertTrue(is("action/invalid/broken.json"));
        assertTrue(Files.readString(folder.resolve("spool/action/invalid/broken.json.reason"))
                .startsWith("not JSON: "));
        assertEquals(ActionStatus.INFLIGHT, platform.status(action));
    }

    @Test
    void theActionOfSomebodyWhoHasJustComeIsTaken() throws Exception {
        pending("first");
        look();
        Platform of = closer.register(new Platform(fresh, broker));
        Action action = of.insert(of.signed("second", "name='" + host + "'"));

        look();

        assertEquals(ActionStatus.INFLIGHT, platform.status(action));
    }

    @Test
    void anActionForALaterTimeWaits() throws Exception {
        Action action = pending("later");
        platform.query("UPDATE actions SET validfrom = now() + interval '10 minutes' WHERE id = " + action.id()
                + " RETURNING id");
        look();
        assertEquals(ActionStatus.PENDING, platform.status(action));

        clock.advance(Duration.ofMinutes(11));
        look();

        assertEquals(
                ActionStatus.INVALID, platform.status(action), "and its signature covers the time that it waits for");
    }

    @Test
    void resultsAreKeptWhileTheDatabaseIsAway() throws Exception {
        Action action = pending("outage");
        look();
        sender.run();
        Results results = results();
        server.stop();
        try {
            deliver(results, sent(action).get(0).withAnswer(CommandStatus.SUCCESS, List.of()));
            Await.until("acknowledged", () -> acknowledged.get() == 1);
            assertEquals(1, files("command/returned").size());
        } finally {
            server.start();
        }

        startScheduler();
        Await.until("taken in", () -> {
            try {
                look();
            } catch (SQLException e) {
                assertTrue(Database.isAway(e), e.toString());
            }
            return files("command/returned").isEmpty();
        });

        platform.awaitStatus(action, ActionStatus.COMPLETED);
        Await.until(
                "counted",
                () -> platform.outlivingStaleConnections(
                        () -> platform.counters(action).success() == 1));
    }

    @Test
    void whatIsNoAnswerIsPutAsideWithTheReason() throws Exception {
        Path file = Files.writeString(folder.resolve("spool/command/returned/x"), "{\"id\":1,");
        Path foreign = Files.write(
                folder.resolve("spool/command/returned/y"),
                MigJson.bytes(new Command(
                        new MigId(1),
                        Action.NONE.withId(new MigId(2)),
                        agent,
                        CommandStatus.SUCCESS,
                        null,
                        null,
                        null)));
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));

        look();

        assertTrue(Files.readString(folder.resolve("spool/command/returned/failed/x.reason"))
                .startsWith("it is not a JSON object\n"));
        assertFalse(Files.exists(foreign), "an answer to no command is dropped");
        assertFalse(new String(
                        Files.readAllBytes(folder.resolve("spool/command/returned/failed/x")), StandardCharsets.UTF_8)
                .isEmpty());
    }

    @Test
    void silentAgentsAreIdleThenOffline() throws Exception {
        clock.advance(Duration.ofMinutes(31));
        periodic.run();
        assertEquals("idle", platform.query("SELECT status FROM agents WHERE id = " + agent.id()));

        periodic.run();

        assertEquals("offline", platform.query("SELECT status FROM agents WHERE id = " + agent.id()));
        assertEquals("t", platform.query("SELECT count(*) >= 2 FROM agents_stats"));
    }

    @Test
    void theKeyOfTheSchedulersIsMadeOnceAndCanSign() throws Exception {
        SchedulerKey made = SchedulerKey.load(new Investigators(database), clock);
        SchedulerKey loaded = SchedulerKey.load(new Investigators(database), clock);

        assertEquals(made.signer().fingerprint(), loaded.signer().fingerprint());
        assertTrue(made.acl().contains(made.signer().fingerprint().hex()));
        made.signer().sign(new byte[] {1});
    }
}
