package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.relay.Message;
import ninja.mig.relay.RelayException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandSenderTest {
    private static final Instant NOW = Instant.parse("2015-08-01T12:00:00Z");
    private final TestClock clock = new TestClock(NOW);
    private final SchedulerMetrics metrics = new SchedulerMetrics(clock);
    private final FakePublisher relay = new FakePublisher();

    private Set<MigId> cancelled = Set.of();

    @TempDir
    Path folder;

    private Outbox outbox;
    private CommandSender sender;

    @BeforeEach
    void open() {
        Spool spool = Spool.open(folder, folder.resolve("tmp"), true);
        outbox = new Outbox(spool);
        sender = new CommandSender(outbox, ids -> cancelled, relay, metrics, clock);
    }

    private static Command command(long id, String queueLoc) {
        Action action = Action.draft("a", "true", NOW, NOW.plusSeconds(60), List.of(new Operation("file", null)))
                .withId(new MigId(7));
        Agent agent =
                new Agent(new MigId(3), "web1", queueLoc, "daemon", "", 42, null, null, null, null, false, null, null);
        return new Command(new MigId(id), action, agent, CommandStatus.SENT, List.of(), NOW, null);
    }

    private boolean is(String path) {
        return Files.exists(folder.resolve(path));
    }

    @Test
    void publishesTheCommandForAsLongAsItIsOfUse() throws Exception {
        Command command = command(8, "linux.web1.x1");
        outbox.add(command);
        clock.advance(Duration.ofSeconds(20));

        sender.run();

        Message message = relay.published().get(0);
        assertEquals("mig", message.exchange());
        assertEquals("mig.agt.linux.web1.x1", message.routingKey());
        assertEquals(Duration.ofSeconds(40), message.expiration());
        assertTrue(message.mandatory());
        assertArrayEquals(MigJson.bytes(command), message.body());
        assertTrue(is("command/inflight/7-8.json"));
        assertFalse(is("command/ready/7-8.json"));
    }

    @Test
    void publishesOnce() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));

        sender.run();
        sender.run();

        assertEquals(1, relay.published().size());
    }

    @Test
    void keepsInTheOutboxWhatTheRelayDidNotConfirm() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        outbox.add(command(9, "linux.web2.x2"));
        relay.answers(FakePublisher.Answer.AWAY);

        assertThrows(RelayException.class, sender::run);
        assertTrue(is("command/ready/7-8.json"));

        relay.answers(FakePublisher.Answer.CONFIRM);
        sender.run();
        assertTrue(is("command/inflight/7-8.json"));
        assertTrue(is("command/inflight/7-9.json"));
    }

    @Test
    void anotherSenderGoesOnAfterACrash() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));

        open();
        sender.run();

        assertEquals(1, relay.published().size());
        assertTrue(is("command/inflight/7-8.json"));
    }

    @Test
    void triesAgainLaterWhenTheAgentHasNoQueue() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        relay.answers(FakePublisher.Answer.NO_QUEUE);
        sender.run();
        sender.run();
        assertEquals(1, relay.published().size(), "not at once");
        assertTrue(is("command/ready/7-8.json"));

        relay.answers(FakePublisher.Answer.CONFIRM);
        clock.advance(Duration.ofSeconds(10));
        sender.run();

        assertEquals(2, relay.published().size());
        assertTrue(is("command/inflight/7-8.json"));
    }

    @Test
    void waitsLongerEachTime() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        relay.answers(FakePublisher.Answer.NO_QUEUE);
        sender.run();
        clock.advance(Duration.ofSeconds(10));
        sender.run();
        clock.advance(Duration.ofSeconds(10));
        sender.run();
        assertEquals(2, relay.published().size());
        clock.advance(Duration.ofSeconds(10));
        sender.run();
        assertEquals(3, relay.published().size());
    }

    @Test
    void doesNotPublishWhatHasExpired() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        clock.advance(Duration.ofSeconds(61));

        sender.run();

        assertEquals(List.of(), relay.published());
        assertTrue(is("command/ready/7-8.json"), "its expiry in the database takes it away");
    }

    @Test
    void doesNotPublishWhatWasCancelled() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        outbox.add(command(9, "linux.web2.x2"));
        cancelled = Set.of(new MigId(7));

        sender.run();

        assertEquals(List.of(), relay.published());
        for (String name : List.of("7-8.json", "7-9.json")) {
            assertFalse(is("command/ready/" + name), name);
            String archived = Files.readString(folder.resolve("command/done/" + name));
            assertEquals(
                    CommandStatus.CANCELLED,
                    MigJson.read(archived, Command.class).status());
        }
    }

    @Test
    void doesNotTryAgainWhatWasCancelled() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        relay.answers(FakePublisher.Answer.NO_QUEUE);
        sender.run();
        cancelled = Set.of(new MigId(7));
        relay.answers(FakePublisher.Answer.CONFIRM);
        clock.advance(Duration.ofSeconds(10));

        sender.run();

        assertEquals(1, relay.published().size());
        assertFalse(is("command/ready/7-8.json"));
    }

    @Test
    void publishesNothingWhileNobodyKnowsWhatWasCancelled() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        Spool spool = Spool.open(folder, folder.resolve("tmp"), true);
        CommandSender blind = new CommandSender(
                new Outbox(spool),
                ids -> {
                    throw new SQLException("the database is away", "08006");
                },
                relay,
                metrics,
                clock);

        assertThrows(SQLException.class, blind::run);

        assertEquals(List.of(), relay.published());
        assertTrue(is("command/ready/7-8.json"));
    }

    @Test
    void publishesForAMillisecondAtLeast() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        clock.advance(Duration.ofSeconds(60));

        sender.run();

        assertEquals(Duration.ofMillis(1), relay.published().get(0).expiration());
    }

    @Test
    void publishesOnceWhatTheSpoolDoesNotLetGo() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        outbox.add(command(9, "linux.web2.x2"));
        Files.delete(folder.resolve("command/inflight"));
        Files.createFile(folder.resolve("command/inflight"));

        assertThrows(IOException.class, sender::run);
        outbox.add(command(10, "linux.web3.x3"));
        assertThrows(IOException.class, sender::run);
        assertEquals(2, relay.published().size(), "nothing more before the spool is in order");
        Files.delete(folder.resolve("command/inflight"));
        Files.createDirectory(folder.resolve("command/inflight"));
        sender.run();

        assertEquals(3, relay.published().size());
        for (String name : List.of("7-8.json", "7-9.json", "7-10.json")) {
            assertTrue(is("command/inflight/" + name), name);
        }
        assertEquals(3, Figures.of(metrics).get("mig_commands_published_total"));
    }

    @Test
    void putsAsideWhatIsNoCommand() throws Exception {
        Files.writeString(folder.resolve("command/ready/1-2.json"), "{\"id\":");
        Files.writeString(folder.resolve("command/ready/1-3.json"), "{\"id\":3,\"action\":{\"id\":1}}");
        Files.writeString(folder.resolve("command/ready/1-4.json"), "{}");
        outbox.add(command(8, "linux.web1.x1"));

        sender.run();

        assertEquals(1, relay.published().size());
        for (String name : List.of("1-2.json", "1-3.json", "1-4.json")) {
            assertTrue(is("command/returned/failed/" + name + ".reason"), name);
            assertFalse(is("command/ready/" + name), name);
        }
    }

    @Test
    void doesNotSendWhatWasTakenAwayMeanwhile() throws Exception {
        outbox.add(command(8, "linux.web1.x1"));
        outbox.add(command(9, "linux.web2.x2"));
        Files.delete(folder.resolve("command/ready/7-8.json"));

        sender.run();

        assertEquals(1, relay.published().size());
        assertEquals("mig.agt.linux.web2.x2", relay.published().get(0).routingKey());
    }

    @Test
    void sendsMoreThanItRemembers() throws Exception {
        Command large = command(8, "linux." + "a".repeat(200) + ".x1");
        List<ModuleResult> results =
                List.of(new ModuleResult(false, false, MigJson.toTree("x".repeat(1024 * 1024)), null, List.of()));
        for (int i = 1; i <= 40; i++) {
            outbox.add(
                    new Command(new MigId(i), large.action(), large.agent(), CommandStatus.SENT, results, NOW, null));
        }

        sender.run();

        assertEquals(40, relay.published().size());
        assertEquals(40, Files.list(folder.resolve("command/inflight")).count());
    }

    @Test
    void publishesTheNextOnesBeforeItWaitsForTheFirst() throws Exception {
        for (int i = 1; i <= 1200; i++) {
            outbox.add(command(i, "linux.web" + i + ".x1"));
        }

        sender.run();

        assertEquals(1200, relay.published().size());
        assertEquals(List.of(), outbox.list());
    }
}
