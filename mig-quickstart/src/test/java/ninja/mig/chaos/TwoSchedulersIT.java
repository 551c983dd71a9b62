package ninja.mig.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.fleet.Counts;
import ninja.mig.fleet.Fleet;
import ninja.mig.fleet.RelayLogin;
import ninja.mig.model.Action;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import ninja.mig.platform.testing.RealRabbitMq;
import ninja.mig.relay.Topology;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two schedulers on one database and one relay, each with its own spool, of which one is killed at work. */
@ExtendWith(MigServices.class)
@RealRabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoSchedulersIT {
    private static final int AGENTS = 2000;
    private static final Duration LIMIT = Duration.ofSeconds(180);

    private final Answers answers = new Answers();
    private final List<String> table = new ArrayList<>();
    private PrivateDirectory directory;
    private Site site;
    private Cable cable;
    private List<SchedulerProcess> schedulers;
    private Fleet fleet;
    private Counts before;

    @BeforeAll
    void start(@OwnServer FreshDatabase database, @OwnServer AmqpBroker broker) throws Exception {
        directory = PrivateDirectory.temporary("mig-two-schedulers");
        site = new Site(database, broker, directory.path());
        cable = new Cable(broker.host(), broker.port());
        schedulers = List.of(site.scheduler("first", cable), site.scheduler("second", cable));
        for (SchedulerProcess scheduler : schedulers) {
            scheduler.start();
        }
        for (SchedulerProcess scheduler : schedulers) {
            scheduler.awaitReady();
        }
        fleet = Fleet.start(RelayLogin.of(broker), Fleet.Shape.of("fleettwo", AGENTS), answers);
        fleet.awaitConnected(LIMIT);
        fleet.heartbeat();
        Await.until("the agents", LIMIT, () -> site.number("SELECT count(*) FROM agents") == AGENTS);
    }

    @AfterAll
    void stop() throws Exception {
        System.out.println("\nTwo schedulers, one killed at work:\n" + String.join("\n", table) + "\n");
        fleet.close();
        for (SchedulerProcess scheduler : schedulers) {
            scheduler.close();
        }
        cable.close();
        site.close();
        directory.close();
    }

    @BeforeEach
    void count() {
        before = fleet.counts();
    }

    /** The scheduler that sends this action. */
    private SchedulerProcess sender(Action action) throws Exception {
        String id = action.id().toString();
        for (SchedulerProcess scheduler : schedulers) {
            if (scheduler.count("action/new", id) + scheduler.count("action/inflight", id) > 0) {
                return scheduler;
            }
        }
        throw new AssertionError("no scheduler has action " + id);
    }

    private long received() {
        return fleet.counts().commands() - before.commands();
    }

    @Test
    void theOtherOneFinishesWhatWasSent() throws Exception {
        answers.hold();
        Action action = site.launch("on everything", "name LIKE 'fleettwo-%'");
        Await.until("the commands at the agents", LIMIT, () -> received() == AGENTS);
        SchedulerProcess dead = sender(action);
        String id = action.id().toString();
        Await.until("the confirms", LIMIT, () -> dead.count("command/inflight", id) == AGENTS);

        answers.letGo(fleet, AGENTS / 2);
        Await.until("some results", LIMIT, () -> site.commands(action, "success") >= AGENTS / 10);
        dead.kill();
        int stored = site.commands(action, "success");
        answers.letGo(fleet);
        Duration took = Await.until(
                "the other one to finish", LIMIT, () -> site.status(action).equals("completed"));
        assertAllOnce(action, AGENTS);
        assertTrue(dead.count("command/inflight", id) > 0, "the dead one has files of what it sent");

        dead.start();
        Duration tidied = Await.until("its spool to be tidied", LIMIT, () -> dead.isTidy(""));
        assertEquals(1, dead.count("action/done", id));
        assertEquals(AGENTS, dead.count("command/done", id));
        report(
                "killed with %d of %d results stored, the other one finished in %.1f s, its spool was tidy %.1f s after its start"
                        .formatted(stored, AGENTS, seconds(took), seconds(tidied)),
                action,
                AGENTS);
    }

    @Test
    void whatTheDeadOneHadNotSentFollowsWhenItIsBack() throws Exception {
        int targets = 1000;
        Action action = site.launch("on a half", "name BETWEEN 'fleettwo-00000' AND 'fleettwo-01000'");
        Await.until("some commands at agents", LIMIT, () -> received() >= 20);
        SchedulerProcess dead = sender(action);
        dead.kill();
        int unsent = dead.count("command/ready", action.id().toString());
        long sent = received();

        dead.start();
        Duration took = Await.until(
                "all to be finished", LIMIT, () -> site.status(action).equals("completed"));
        Await.until("its spool to be tidied", LIMIT, () -> dead.isTidy(""));
        report(
                "killed with %d of %d commands received by agents and %d in its outbox, finished %.1f s after its start"
                        .formatted(sent, targets, unsent, seconds(took)),
                action,
                targets);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private void report(String what, Action action, int expected) throws Exception {
        assertAllOnce(action, expected);
        Counts after = fleet.counts();
        table.add("%s: %d ran, %d were published again, 0 lost, 0 double"
                .formatted(what, received(), after.duplicates() - before.duplicates()));
    }

    private void assertAllOnce(Action action, int expected) throws Exception {
        assertEquals(expected, site.commands(action), "commands");
        assertEquals(expected, site.commands(action, "success"), "successful commands");
        assertEquals(expected, received(), "commands that agents ran");
        assertEquals(1, site.times(action, "completed"), "times that the action completed");
        assertEquals(
                "%d changes of %d commands".formatted(expected, expected),
                site.ask("SELECT count(*) || ' changes of ' || count(DISTINCT h.id) || ' commands' FROM chaos.changes h"
                                + " JOIN commands c ON c.id = h.id WHERE relation = 'commands' AND actionid = "
                                + action.id())
                        .orElseThrow());
        assertEquals(0, site.messages(Topology.RESULTS), "results left");
    }
}
