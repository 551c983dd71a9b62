package ninja.mig.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.fleet.Counts;
import ninja.mig.fleet.Fleet;
import ninja.mig.fleet.RelayLogin;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.MigId;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import ninja.mig.platform.testing.RealRabbitMq;
import ninja.mig.relay.Topology;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * SIGKILL for the scheduler between any two steps of an action's life, and what becomes of the action when the scheduler is
 * started again. It is stopped there by the database, the relay or the spool: a gate before a commit, a cable that brings no
 * replies, a folder where a file should be.
 */
@ExtendWith(MigServices.class)
@RealRabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillPointsIT {
    private static final int AGENTS = 10;
    private static final String FLEET = "fleetpoints";
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Answers answers = new Answers();
    private final List<String> table = new ArrayList<>();
    private PostgresServer postgres;
    private PrivateDirectory directory;
    private Site site;
    private Cable cable;
    private SchedulerProcess scheduler;
    private Fleet fleet;
    private Counts before;

    @BeforeAll
    void start(@OwnServer PostgresServer server, @OwnServer FreshDatabase database, @OwnServer AmqpBroker broker)
            throws Exception {
        postgres = server;
        directory = PrivateDirectory.temporary("mig-kill-points");
        site = new Site(database, broker, directory.path());
        cable = new Cable(broker.host(), broker.port());
        scheduler = site.scheduler("scheduler", cable);
        scheduler.start();
        scheduler.awaitReady();
        fleet = Fleet.start(RelayLogin.of(broker), Fleet.Shape.of(FLEET, AGENTS), answers);
        fleet.awaitConnected(LIMIT);
        fleet.heartbeat();
        Await.until("the agents to be online", LIMIT, () -> site.number("SELECT count(*) FROM agents") == AGENTS);
    }

    @AfterAll
    void stop() throws Exception {
        System.out.println("\nSIGKILL at each step of an action on " + AGENTS + " agents, and after the next start:\n"
                + String.join("\n", table) + "\n");
        fleet.close();
        scheduler.close();
        cable.close();
        site.close();
        directory.close();
    }

    @BeforeEach
    void awaitScheduler() throws Exception {
        if (!scheduler.isAlive()) {
            scheduler.start();
        }
        scheduler.awaitReady();
        before = fleet.counts();
    }

    /** A step that failed must not make the next ones fail. */
    @AfterEach
    void passEverything() throws Exception {
        cable.plug();
        cable.passReplies();
        answers.letGo(fleet);
        site.execute("DROP TRIGGER IF EXISTS show_id ON commands");
        Gate.closeAll(site);
    }

    private Action launch(String name) throws Exception {
        return site.launch(name, "name LIKE '" + FLEET + "-%'");
    }

    /** The row of the action, its commands' rows, and where files are. */
    private String state(Action action) throws Exception {
        String id = action.id().toString();
        return "%s, %d sent, %d success; new %d, flying %d, ready %d, inflight %d, returned %d, done %d"
                .formatted(
                        site.status(action),
                        site.commands(action, "sent"),
                        site.commands(action, "success"),
                        scheduler.count("action/new", id),
                        scheduler.count("action/inflight", id),
                        scheduler.count("command/ready", id),
                        scheduler.count("command/inflight", id),
                        scheduler.files("command/returned").size(),
                        scheduler.count("action/done", id));
    }

    /** Starts the scheduler again and demands that all is as if nothing had happened. */
    private void recover(String step, Action action) throws Exception {
        String killed = state(action);
        long start = System.nanoTime();
        scheduler.start();
        Await.until(() -> "the action to complete: " + describe(action), LIMIT, () -> site.status(action)
                .equals("completed"));
        Duration recovery = Duration.ofNanos(System.nanoTime() - start);
        Await.until(
                () -> "a tidy spool: " + describe(action),
                LIMIT,
                () -> scheduler.isTidy(action.id().toString()));
        report(step, killed, recovery, action);
    }

    private String describe(Action action) {
        try {
            return state(action) + "\n" + scheduler.log();
        } catch (Exception e) {
            return e.toString();
        }
    }

    private void report(String step, String killed, Duration recovery, Action action) throws Exception {
        Counts after = fleet.counts();
        long ran = after.commands() - before.commands();
        long again = after.duplicates() - before.duplicates() + after.redeliveries() - before.redeliveries();
        int lost = AGENTS - site.commands(action, "success");
        long twice = Math.max(ran, site.commands(action))
                - AGENTS
                + site.number("SELECT count(*) - count(DISTINCT id) FROM chaos.changes WHERE relation = 'commands'")
                + site.times(action, "completed")
                - 1;
        table.add("%-58s %-96s %5.1f s, %2d ran, %2d came again, %d lost, %d double"
                .formatted(step, killed, recovery.toMillis() / 1000.0, ran, again, lost, twice));
        assertEquals(0, lost, step + ": lost");
        assertEquals(0, twice, step + ": double");
        assertEquals(AGENTS, ran, step + ": commands that agents ran");
        // An action may be complete before the scheduler has heard again what it had stored already.
        Await.until(step + ": no results left", LIMIT, () -> site.messages(Topology.RESULTS) == 0);
        assertEquals(1, scheduler.count("action/done", action.id().toString()), step + ": archived");
        assertEquals(AGENTS, scheduler.count("command/done", action.id().toString()), step + ": commands archived");
    }

    private void assertState(String expected, Action action) throws Exception {
        assertEquals(expected, state(action));
    }

    @Test
    void claimedAndNotYetInTheSpool() throws Exception {
        Gate gate = Gate.action(site, "scheduled");
        Action action = launch("claimed");
        gate.await();
        scheduler.kill();
        gate.commit();

        assertState("scheduled, 0 sent, 0 success; new 0, flying 0, ready 0, inflight 0, returned 0, done 0", action);
        recover("claimed, not yet in the spool", action);
    }

    @Test
    void claimNotCommitted() throws Exception {
        Gate gate = Gate.action(site, "scheduled");
        Action action = launch("claim");
        gate.await();
        scheduler.kill();
        gate.rollBack();

        assertState("pending, 0 sent, 0 success; new 0, flying 0, ready 0, inflight 0, returned 0, done 0", action);
        recover("claim not committed", action);
    }

    @Test
    void inTheSpoolAndNotYetPreparing() throws Exception {
        Gate gate = Gate.action(site, "preparing");
        Action action = launch("scheduled");
        gate.await();
        scheduler.kill();
        gate.rollBack();

        assertState("scheduled, 0 sent, 0 success; new 1, flying 0, ready 0, inflight 0, returned 0, done 0", action);
        recover("in action/new, preparing not committed", action);
    }

    @Test
    void preparing() throws Exception {
        Gate gate = Gate.action(site, "preparing");
        Action action = launch("preparing");
        gate.await();
        scheduler.kill();
        gate.commit();

        assertState("preparing, 0 sent, 0 success; new 1, flying 0, ready 0, inflight 0, returned 0, done 0", action);
        recover("preparing", action);
    }

    @Test
    void commandsInsertedAndNotCommitted() throws Exception {
        Gate gate = Gate.action(site, "inflight");
        Action action = launch("inserted");
        gate.await();
        scheduler.kill();
        gate.rollBack();

        assertState("preparing, 0 sent, 0 success; new 1, flying 0, ready 0, inflight 0, returned 0, done 0", action);
        recover("commands and inflight not committed", action);
    }

    @Test
    void commandsCommittedAndNoneInTheOutbox() throws Exception {
        Gate gate = Gate.action(site, "inflight");
        Action action = launch("committed");
        gate.await();
        scheduler.kill();
        gate.commit();

        assertState("inflight, 10 sent, 0 success; new 1, flying 0, ready 0, inflight 0, returned 0, done 0", action);
        recover("commands and inflight committed, outbox empty", action);
    }

    @Test
    void halfOfTheCommandsInTheOutbox() throws Exception {
        site.execute("CREATE TRIGGER show_id AFTER INSERT ON commands FOR EACH ROW EXECUTE FUNCTION chaos.show_id()");
        Gate gate = Gate.action(site, "inflight");
        Action action = launch("half written");
        gate.await();
        MigId middle = uncommittedCommands().get(AGENTS / 2);
        Path obstacle = Files.createDirectories(file("command/ready", action, middle));
        cable.unplug();
        gate.commit();
        Await.until("the failure", LIMIT, () -> scheduler.log().contains(obstacle.toString()));
        scheduler.kill();
        Files.delete(obstacle);
        cable.plug();
        site.execute("DROP TRIGGER show_id ON commands");

        assertState("inflight, 10 sent, 0 success; new 1, flying 0, ready 5, inflight 0, returned 0, done 0", action);
        recover("half of the commands in command/ready", action);
    }

    /** Ids of rows that nobody can see yet, from the locks that a trigger takes for each. */
    private List<MigId> uncommittedCommands() throws SQLException {
        return site.list("""
                SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
                 WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted AND objsubid = 1
                   AND (classid::bigint << 32) | objid::bigint BETWEEN 1000000 AND %d
                 ORDER BY 1
                """.formatted(MigId.MAX)).stream().map(MigId::parse).toList();
    }

    private Path file(String folder, Action action, MigId command) {
        return scheduler.spool().resolve(folder).resolve(action.id() + "-" + command + ".json");
    }

    @Test
    void outboxCompleteAndNothingPublished() throws Exception {
        cable.unplug();
        Action action = launch("outbox");
        Await.until(
                "the outbox",
                LIMIT,
                () -> scheduler.count("action/inflight", action.id().toString()) == 1);
        scheduler.kill();
        cable.plug();

        assertState("inflight, 10 sent, 0 success; new 0, flying 1, ready 10, inflight 0, returned 0, done 0", action);
        recover("in command/ready, not published", action);
    }

    @Test
    void publishedAndNotConfirmed() throws Exception {
        cable.holdReplies();
        Action action = launch("published");
        Await.until("the commands at the agents", LIMIT, () -> fleet.counts().commands() - before.commands() == AGENTS);
        scheduler.kill();
        cable.cut();
        cable.passReplies();

        assertState("inflight, 10 sent, 0 success; new 0, flying 1, ready 10, inflight 0, returned 0, done 0", action);
        recover("published, not confirmed", action);
        assertEquals(AGENTS, fleet.counts().duplicates() - before.duplicates(), "published twice");
    }

    @Test
    void confirmedAndNotAllRenamed() throws Exception {
        answers.hold();
        cable.holdReplies();
        Action action = launch("confirmed");
        Await.until("the commands at the agents", LIMIT, () -> fleet.counts().commands() - before.commands() == AGENTS);
        MigId middle = site.commandIds(action).get(AGENTS / 2);
        Path obstacle = Files.createDirectories(file("command/inflight", action, middle));
        cable.passReplies();
        Await.until("the failure", LIMIT, () -> scheduler.log().contains(obstacle.toString()));
        scheduler.kill();
        Files.delete(obstacle);

        int ready = scheduler.count("command/ready", action.id().toString());
        assertTrue(ready > 0, "all were renamed");
        assertState(
                "inflight, 10 sent, 0 success; new 0, flying 1, ready %d, inflight %d, returned 0, done 0"
                        .formatted(ready, AGENTS - ready),
                action);
        answers.letGo(fleet);
        recover("confirmed, not all renamed", action);
    }

    @Test
    void resultsConsumedAndNotCommitted() throws Exception {
        Gate gate = Gate.command(site, "success");
        Action action = launch("consumed");
        gate.await();
        Await.until(
                "the renames",
                LIMIT,
                () -> scheduler.count("command/inflight", action.id().toString()) == AGENTS);
        scheduler.kill();
        gate.rollBack();

        assertState("inflight, 10 sent, 0 success; new 0, flying 1, ready 0, inflight 10, returned 0, done 0", action);
        recover("result consumed, not committed", action);
    }

    @Test
    void resultsCommittedAndNotAcknowledged() throws Exception {
        answers.hold();
        Gate gate = Gate.command(site, "success");
        Action action = launch("stored");
        Await.until(
                "the renames",
                LIMIT,
                () -> scheduler.count("command/inflight", action.id().toString()) == AGENTS);
        answers.letGo(fleet);
        gate.await();
        scheduler.kill();
        gate.commit();

        int stored = site.commands(action, "success");
        assertState(
                "inflight, %d sent, %d success; new 0, flying 1, ready 0, inflight 10, returned 0, done 0"
                        .formatted(AGENTS - stored, stored),
                action);
        assertEquals(AGENTS, site.messages(Topology.RESULTS), "results that will be delivered again");
        recover("result committed, not acknowledged", action);
    }

    @Test
    void resultsAcknowledgedAndNotLanded() throws Exception {
        Gate gate = Gate.action(site, "completed");
        Action action = launch("acknowledged");
        gate.await();
        scheduler.kill();
        gate.rollBack();

        assertEquals(0, site.messages(Topology.RESULTS), "results that will be delivered again");
        assertEquals(AGENTS, site.commands(action, "success"));
        assertEquals("inflight", site.status(action));
        recover("results acknowledged, landing not committed", action);
    }

    @Test
    void landedAndNotArchived() throws Exception {
        Gate gate = Gate.action(site, "completed");
        Action action = launch("landed");
        gate.await();
        scheduler.kill();
        gate.commit();

        assertEquals("completed", site.status(action));
        assertEquals(1, scheduler.count("action/inflight", action.id().toString()));
        assertEquals(0, scheduler.count("action/done", action.id().toString()));
        recover("landed, still in action/inflight", action);
    }

    @Test
    void resultsKeptWhileTheDatabaseIsAway() throws Exception {
        answers.hold();
        Action action = launch("kept");
        Await.until(
                "the renames",
                LIMIT,
                () -> scheduler.count("command/inflight", action.id().toString()) == AGENTS);
        postgres.crash();
        answers.letGo(fleet);
        Await.until(
                "the results in the spool",
                LIMIT,
                () -> scheduler.files("command/returned").size() == AGENTS);
        scheduler.kill();
        postgres.start();

        String kept = "inflight, 10 sent, 0 success; new 0, flying 1, ready 0, inflight 10, returned 10, done 0";
        assertState(kept, action);

        Gate gate = Gate.command(site, "success");
        scheduler.start();
        gate.await();
        scheduler.kill();
        gate.rollBack();
        assertState(kept, action);

        gate = Gate.command(site, "success");
        scheduler.start();
        gate.await();
        scheduler.kill();
        gate.commit();
        // Of those that the relay delivered again, or of the files.
        int stored = site.commands(action, "success");
        assertState(
                "inflight, %d sent, %d success; new 0, flying 1, ready 0, inflight 10, returned 10, done 0"
                        .formatted(AGENTS - stored, stored),
                action);
        recover("in command/returned, also stored", action);
    }

    @Test
    void droppedFileAccepted() throws Exception {
        Gate gate = new Gate(site, "INSERT ON actions", "true");
        Action action = site.signed("dropped", "name LIKE '" + FLEET + "-%'");
        Path unfinished = Files.write(directory.path().resolve("dropped.json"), MigJson.bytes(action));
        Files.move(unfinished, scheduler.spool().resolve("action/new").resolve(action.id() + ".json"));
        gate.await();
        scheduler.kill();
        gate.commit();

        assertState("pending, 0 sent, 0 success; new 1, flying 0, ready 0, inflight 0, returned 0, done 0", action);
        recover("dropped file accepted, not claimed", action);
    }

    @Test
    void heartbeatsCommittedAndNotAcknowledged() throws Exception {
        Gate gate = new Gate(site, "INSERT ON agents", "true");
        heartbeatOfANewAgent("x1");
        gate.await();
        scheduler.kill();
        gate.commit();

        assertEquals(1, site.number("SELECT count(*) FROM agents WHERE queueloc = 'linux.fleetnew-x1.x1'"));
        assertEquals(1, site.messages(Topology.HEARTBEATS), "heartbeats that will be delivered again");
        awaitHeartbeats("x1");
    }

    @Test
    void heartbeatsConsumedAndNotCommitted() throws Exception {
        Gate gate = new Gate(site, "INSERT ON agents", "true");
        heartbeatOfANewAgent("x2");
        gate.await();
        scheduler.kill();
        gate.rollBack();

        assertEquals(0, site.number("SELECT count(*) FROM agents WHERE queueloc = 'linux.fleetnew-x2.x2'"));
        awaitHeartbeats("x2");
    }

    private void heartbeatOfANewAgent(String uid) {
        String heartbeat = new String(fleet.agents().get(0).heartbeat(Instant.now()), StandardCharsets.UTF_8)
                .replace(fleet.agents().get(0).queueLoc(), "linux.fleetnew-" + uid + "." + uid)
                .replace(FLEET, "fleetnew");
        fleet.publish(fleet.agents().get(0), Topology.HEARTBEATS, heartbeat.getBytes(StandardCharsets.UTF_8))
                .join();
    }

    private void awaitHeartbeats(String uid) throws Exception {
        scheduler.start();
        Await.until(
                "the heartbeat to be taken",
                LIMIT,
                () -> site.messages(Topology.HEARTBEATS) == 0
                        && site.number("SELECT count(*) FROM agents WHERE queueloc = 'linux.fleetnew-%s.%s'"
                                        .formatted(uid, uid))
                                == 1);
    }
}
