package ninja.mig.agent;

import static ninja.mig.agent.Investigation.probe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
import org.junit.jupiter.api.Assumptions;
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
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
                "NOT RUN, needs root to make a small file system");
        closer.register(() -> assertTrue(run("umount", disk.toString())));
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
        assertThrows(IOException.class, desk.runner::recover);
        assertTrue(desk.outbox.isEmpty());

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
        assertTrue(logged().contains("the results of commands [1] cannot be kept and are lost"), logged());
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

    private Command answer() throws Exception {
        return MigJson.read(desk.take(), Command.class);
    }

    private void fillWhileTheFirstRuns() throws Exception {
        assertEquals(1, desk.deliver(first));
        Await.until(() -> "the first command: " + logged(), Duration.ofSeconds(30), () -> Files.exists(marks));
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

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().transferTo(OutputStream.nullOutputStream());
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
