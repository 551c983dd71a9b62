package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.relay.LostOnTheWayException;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.RelayException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultSenderTest {
    private static final int LARGE = 2 << 20;

    @TempDir
    Path directory;

    private final FakeLine line = new FakeLine();
    private Outbox outbox;
    private ResultSender sender;

    /** A relay that fails at messages from some size on. */
    private static final class FakeLine implements ResultSender.Line {
        final List<byte[]> taken = new ArrayList<>();
        int tried;
        int largest;
        Optional<RelayException> failure = Optional.empty();

        void failsFrom(int size, RelayException with) {
            largest = size;
            failure = Optional.of(with);
        }

        @Override
        public boolean isUp() {
            return true;
        }

        @Override
        public Published publish(Message message) throws RelayException {
            tried++;
            if (failure.isPresent() && message.body().length >= largest) {
                throw failure.get();
            }
            taken.add(message.body());
            return Published.CONFIRMED;
        }
    }

    @BeforeEach
    void open() throws Exception {
        outbox = Outbox.open(RunDir.open(directory));
        sender = new ResultSender(outbox, line, Duration.ofSeconds(300));
    }

    @Test
    void sendsANoteInThePlaceOfWhatTheRelayRefusesFourTimes() throws Exception {
        Path large = keep(1, LARGE);
        keep(2, 10);
        line.failsFrom(1 << 20, new LostOnTheWayException("message size is larger than configured", true));

        for (int i = 0; i < 3; i++) {
            sender.sendAll();
        }
        assertEquals(List.of(), line.taken);
        sender.sendAll();

        assertEquals(6, line.tried);
        Command note = MigJson.read(line.taken.get(0), Command.class);
        assertEquals(new MigId(1), note.id());
        assertEquals(CommandStatus.FAILED, note.status());
        assertTrue(
                Investigation.errors(note).startsWith("the results are too large for the relay: "),
                () -> Investigation.errors(note));
        assertEquals(
                new MigId(2), MigJson.read(line.taken.get(1), Command.class).id());
        assertTrue(sender.isDone());
        Path aside = Path.of(large + ".unsent");
        assertTrue(Files.size(aside) > LARGE, "the results are still here");
        assertEquals(List.of(), outbox.waiting());
        assertFalse(outbox.holds(new MigId(1)));
        assertTrue(Investigation.errors(note).endsWith("kept on the host as " + aside), Investigation.errors(note));

        line.failure = Optional.empty();
        Files.move(aside, large);
        sender.sendAll();
        assertTrue(line.taken.get(2).length > LARGE, "whoever renames it has it sent");
    }

    @Test
    void sendsResultsWholeThatWereLostForOtherReasons() throws Exception {
        for (RelayException reason : List.of(
                new LostOnTheWayException("the other end hung up", false),
                new RelayException("the relay takes no messages: low on memory"))) {
            keep(1, LARGE);
            line.failsFrom(0, reason);
            for (int i = 0; i < 100; i++) {
                sender.sendAll();
            }
            line.failure = Optional.empty();
            sender.sendAll();
            assertTrue(line.taken.remove(0).length > LARGE, reason::toString);
        }
        assertEquals(List.of(), line.taken);
    }

    @Test
    void saysOnceWhyResultsWait() throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (Logging set =
                Logging.setUp(LoggingConf.toStream(Severity.INFO), "mig-agent", new PrintStream(log, true, UTF_8))) {
            for (int i = 1; i <= 2; i++) {
                keep(i, 10);
                line.failsFrom(0, new RelayException("the relay takes no messages: low on memory"));
                sender.sendAll();
                sender.sendAll();
                line.failure = Optional.empty();
                sender.sendAll();
            }
        }
        String once = "results wait for the relay: the relay takes no messages: low on memory";
        assertEquals(
                2, log.toString(UTF_8).lines().filter(l -> l.contains(once)).count(), "once each time");
    }

    @Test
    void replacesNoSmallResults() throws Exception {
        keep(1, 100_000);
        line.failsFrom(0, new LostOnTheWayException("refused", true));
        for (int i = 0; i < 10; i++) {
            sender.sendAll();
        }
        line.failure = Optional.empty();
        sender.sendAll();

        assertTrue(line.taken.get(0).length > 100_000);
    }

    @Test
    void sendsOnceWhatCannotBeDeleted() throws Exception {
        Path answer = keep(1, 10);
        try (Mount fixed = Mount.fixed(answer)) {
            sender.sendAll();
            keep(2, 10);
            sender.sendAll();

            assertEquals(2, line.taken.size());
            assertTrue(sender.isDone(), () -> "the relay has both, " + fixed);
        }
        sender.sendAll();
        assertFalse(Files.exists(answer), "it is deleted in the end");
        assertEquals(2, line.taken.size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesPastWhatCannotBeRead(boolean movable) throws Exception {
        Path unreadable = Files.createDirectory(directory.resolve("outbox/0000000000000000001-1.json"));
        if (!movable) {
            Files.createDirectories(directory.resolve("outbox/0000000000000000001-1.json.unsent/occupied"));
        }
        outbox = Outbox.open(RunDir.existing(directory));
        sender = new ResultSender(outbox, line, Duration.ofSeconds(300));
        keep(2, 10);

        sender.sendAll();

        assertEquals(1, line.taken.size());
        assertEquals(movable, Files.notExists(unreadable));
        assertTrue(sender.isDone());
    }

    private Path keep(long id, int size) throws Exception {
        byte[] answer = ("{\"id\":" + id + ",\"status\":\"success\",\"results\":[{\"elements\":\"" + "x".repeat(size)
                        + "\"}]}")
                .getBytes(UTF_8);
        outbox.keep(new MigId(id), RunDir.content(answer), () -> {});
        List<Path> waiting = outbox.waiting();
        return waiting.get(waiting.size() - 1);
    }
}
