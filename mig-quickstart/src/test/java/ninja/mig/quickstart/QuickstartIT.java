package ninja.mig.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ninja.mig.platform.PrivateDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command that a newcomer types, as a process. */
class QuickstartIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private PrivateDirectory directory;
    private Path output;

    @BeforeEach
    void makeDirectory() throws Exception {
        directory = PrivateDirectory.temporary("mig-quickstart-it");
        output = directory.path().resolve("output");
    }

    @AfterEach
    void deleteDirectory() throws Exception {
        directory.close();
    }

    @Test
    void showsAFirstResultAndLeavesNothingBehind() throws Exception {
        Path temporary = Files.createDirectory(directory.path().resolve("tmp"));
        Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(directory.path()));
        Process quickstart = start(List.of("-Djava.io.tmpdir=" + temporary), List.of("--exit"));

        assertTrue(quickstart.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));

        String text = Files.readString(output);
        assertEquals(0, quickstart.exitValue(), text);
        assertTrue(text.contains("/etc/passwd ["), text);
        assertTrue(text.contains("sha256:"), text);
        assertFalse(text.contains("\u001b"), "no colours in a file");
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
        assertEquals(List.of(), processesBelow(temporary));
    }

    @Test
    void goesOnWithWhatItKept() throws Exception {
        Path kept = directory.path().resolve("kept");
        Process first = start(List.of(), List.of("--keep", kept.toString(), "--port", "0"));
        assertTrue(first.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(2, first.exitValue(), "port 0 is none");

        Process second = start(List.of(), List.of("--keep", kept.toString()));
        Wait.until("the quickstart to run", LIMIT, List.of(), () -> runs(second));
        assertTrue(Files.readString(output).contains("export MIGRC=" + kept.resolve("migrc")));
        second.destroy();
        assertTrue(second.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(List.of(), processesBelow(kept), "after SIGTERM");
        String key = Files.readString(kept.resolve("etc/agent-key1.asc"));

        Process third = start(List.of(), List.of("--keep", kept.toString(), "--exit"));
        assertTrue(third.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, third.exitValue(), Files.readString(output));
        assertEquals(key, Files.readString(kept.resolve("etc/agent-key1.asc")), "the same investigator");
    }

    @Test
    void refusesADirectoryThatAnotherOneUses() throws Exception {
        Path kept = Files.createDirectory(directory.path().resolve("kept"));
        try (FileChannel other = FileChannel.open(
                        kept.resolve("quickstart.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            assertTrue(held.isValid());
            assertRefusal("another quickstart uses " + kept, "--keep", kept.toString());
        }
    }

    @Test
    void refusesAPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefusal(
                    "port " + taken.getLocalPort() + " is in use: choose another with --port",
                    "--port",
                    String.valueOf(taken.getLocalPort()));
        }
    }

    private void assertRefusal(String reason, String... arguments) throws Exception {
        Process refused = start(List.of(), List.of(arguments));
        assertTrue(refused.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        String text = Files.readString(output);
        assertEquals(1, refused.exitValue(), text);
        assertTrue(text.contains("quickstart failed: " + reason), text);
        assertFalse(text.contains("\tat "), text);
    }

    private Optional<Boolean> runs(Process process) throws IOException {
        if (!process.isAlive()) {
            throw new IOException("ended: " + Files.readString(output));
        }
        return Files.readString(output).contains("until you press Ctrl-C") ? Optional.of(true) : Optional.empty();
    }

    private Process start(List<String> javaOptions, List<String> arguments) throws IOException {
        return new ProcessBuilder(Distribution.find().command("mig-quickstart", javaOptions, arguments))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
    }

    private static List<String> processesBelow(Path directory) {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(directory + "/"))
                .toList();
    }
}
