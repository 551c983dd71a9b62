package ninja.mig.agent;

import static ninja.mig.agent.Investigation.probe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.platform.testing.Await;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose run directory is full. */
@Timeout(60)
class FullDiskTest {
    @TempDir
    Path folder;

    private final Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Closer closer = new Closer();
    private Path disk;
    private Path go;
    private Path marks;
    private CommandDesk desk;
    private byte[] first;
    private byte[] second;

    @BeforeEach
    void start() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        closer.register(Mount.small(disk, "1m"));
        closer.register(Logging.setUp(
                LoggingConf.toStream(Severity.INFO), "mig-agent", new PrintStream(log, true, StandardCharsets.UTF_8)));
        go = folder.resolve("go");
        marks = folder.resolve("marks");
        first = it.command(
                1,
                it.signed(it.draft(probe(ProbeModule.UNTIL + go), probe(ProbeModule.MARK + marks + " first")), it.bob));
        second = it.command(2, it.signed(it.draft(probe(ProbeModule.MARK + marks + " second")), it.bob));
        desk = open();
    }

    @AfterEach
    void stop() throws Exception {
        closer.close();
    }

    private CommandDesk open() throws Exception {
        return closer.register(new CommandDesk(
                disk.resolve("run"),
                new ActionAuthorization(it.keyring(), it.parsedAcl(), Duration.ZERO),
                Set.of("probe"),
                Clock.systemUTC()));
    }

    @Test
    void losesNothingAndRunsNothingTwice() throws Exception {
        fillWhileTheFirstRuns();

        assertThrows(IOException.class, () -> desk.deliver(second), "the relay keeps it");
        assertEquals(ReplayGuard.Known.NEW, desk.guard.lookUp("2"));
        assertEquals(List.of(new MigId(1)), desk.atHand.all());

        endTheFirst();
        desk.runner.recover();
        assertTrue(desk.outbox.isEmpty());
        assertEquals(List.of(new MigId(1)), desk.atHand.all());

        Files.delete(disk.resolve("ballast"));
        desk.runner.recover();
        Command answer = answer();
        assertEquals(new MigId(1), answer.id());
        assertEquals(CommandStatus.SUCCESS, answer.status(), () -> Investigation.errors(answer));
        assertEquals(1, desk.deliver(second));
        assertEquals(CommandStatus.SUCCESS, answer().status());
        assertEquals(1, desk.deliver(first));
        assertEquals(List.of("first", "second"), Files.readAllLines(marks));
        assertEquals(List.of(), desk.atHand.all());
        assertTrue(logged().contains("the results of command 1 are kept now"), logged());
    }

    @Test
    void answersWhatItCouldNotKeepBeforeItsEnd() throws Exception {
        fillWhileTheFirstRuns();
        endTheFirst();

        desk.close();
        assertTrue(logged().contains("the results of commands [1] are lost"), logged());
        Files.delete(disk.resolve("ballast"));
        desk = open();
        desk.runner.recover();

        Command answer = answer();
        assertEquals(CommandStatus.FAILED, answer.status());
        assertEquals(List.of(CommandRunner.KILLED), answer.results().get(0).errors());
        assertEquals(1, desk.deliver(first));
        assertTrue(desk.outbox.isEmpty());
        assertEquals(List.of("first"), Files.readAllLines(marks));
    }

    @Test
    void keepsSmallAnswersThoughALargeOneHasNoRoom() throws Exception {
        int size = 300_000;
        byte[] large = it.command(
                3, it.signed(it.draft(probe(ProbeModule.LARGE + size), probe(ProbeModule.UNTIL + go)), it.bob));
        assertEquals(1, desk.deliver(large));
        // Begins when a worker is free, that is when the large result is there.
        assertEquals(1, desk.deliver(first));
        assertEquals(1, desk.deliver(second));
        Await.until(() -> "the large result: " + logged(), Duration.ofSeconds(30), () -> isRunning(1));
        fill();
        endTheFirst();
        Await.until("the end of all", () -> retained() == 3);

        leaveRoom(100_000);
        desk.runner.recover();
        assertEquals(Set.of(new MigId(1), new MigId(2)), takeAll());
        assertEquals(List.of(new MigId(3)), desk.atHand.all());
        assertTrue(logged().contains("the results of commands [3] still cannot be kept: "), logged());

        Files.delete(disk.resolve("ballast"));
        desk.runner.recover();
        Command answer = answer();
        assertEquals(size / 1000, answer.results().get(0).elements().size());
        assertEquals(List.of(), desk.atHand.all());
        try (Stream<Path> left = Files.list(desk.atHand.folder())) {
            assertEquals(List.of(), left.toList());
        }
    }

    private Set<MigId> takeAll() throws Exception {
        Set<MigId> all = new HashSet<>();
        for (Path file : desk.outbox.waiting()) {
            all.add(MigJson.read(Files.readAllBytes(file), Command.class).id());
            desk.outbox.remove(file);
        }
        return all;
    }

    private boolean isRunning(long id) {
        return desk.atHand
                .find(new MigId(id))
                .filter(CommandsAtHand.Entry::isRunning)
                .isPresent();
    }

    private long retained() {
        return logged().lines()
                .filter(line -> line.contains("cannot be kept now, and will be tried again"))
                .count();
    }

    private void leaveRoom(int bytes) throws IOException {
        try (FileChannel ballast = FileChannel.open(disk.resolve("ballast"), StandardOpenOption.WRITE)) {
            ballast.truncate(ballast.size() - bytes);
        }
    }

    private Command answer() throws Exception {
        return MigJson.read(desk.take(), Command.class);
    }

    private void fillWhileTheFirstRuns() throws Exception {
        assertEquals(1, desk.deliver(first));
        Await.until(() -> "the first command: " + logged(), Duration.ofSeconds(30), () -> Files.exists(marks));
        fill();
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(disk.resolve("ballast"))) {
            for (int i = 0; i < 2048; i++) {
                out.write(new byte[1024]);
            }
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("No space"), e.toString());
        }
    }

    private void endTheFirst() throws Exception {
        Files.createFile(go);
        Await.until("its end", () -> logged().contains("cannot be kept now, and will be tried again"));
        assertTrue(logged().contains("No space left on device"), logged());
        assertTrue(desk.outbox.isEmpty());
    }

    private String logged() {
        return log.toString(StandardCharsets.UTF_8);
    }
}
