package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirTest {
    @TempDir
    Path directory;

    @Test
    void refusesTheDirectoryOfAnotherUser() throws Exception {
        assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0), "only root can give a file away");
        Files.setAttribute(directory, "unix:uid", 12345);

        String message =
                assertThrows(IOException.class, () -> RunDir.open(directory)).getMessage();

        assertEquals(
                directory + " belongs to 12345, and this agent runs as another user: chown it, with what is in it",
                message);
    }

    @Test
    void doesNotUseTheArchiveOfAnotherUser() throws Exception {
        assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0), "only root can give a file away");
        Path archive = Files.createFile(directory.resolve("mig-agent-1.jsa"));
        ClassArchive classes = new ClassArchive(directory.resolve("mig-agent-1"));
        assertTrue(classes.exists());

        Files.setAttribute(archive, "unix:uid", 12345);

        assertFalse(classes.exists());
        assertEquals(List.of(), classes.flags());
    }

    @Test
    void namesItsProcessWhileItWrites() throws Exception {
        RunDir runDir = RunDir.open(directory);
        List<String> seen = new ArrayList<>();
        runDir.write(
                runDir.file("a"),
                new RunDir.Content() {
                    @Override
                    public long size() {
                        return 1;
                    }

                    @Override
                    public void writeTo(OutputStream out) throws IOException {
                        runDir.removeUnfinished();
                        try (Stream<Path> files = Files.list(directory)) {
                            files.forEach(file -> seen.add(file.getFileName().toString()));
                        }
                    }
                },
                "rw-------");

        assertEquals(1, seen.size(), seen::toString);
        assertTrue(seen.get(0).matches("\\.mig" + ProcessHandle.current().pid() + "-[0-9]+\\.tmp"), seen::toString);
    }

    @Test
    void renames() throws Exception {
        RunDir runDir = RunDir.open(directory);
        runDir.write(runDir.file("a"), new byte[] {1}, "rw-------");

        runDir.rename(runDir.file("a"), runDir.file("b"));

        assertFalse(Files.exists(runDir.file("a")));
        assertEquals(1, Files.size(runDir.file("b")));
    }
}
