package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirTest {
    @TempDir
    Path directory;

    @Test
    void removesWhatAKilledProcessDidNotFinishToWrite() throws Exception {
        Path old = unfinished(".mig1.tmp", Duration.ofHours(2));
        Path young = unfinished(".mig2.tmp", Duration.ofMinutes(2));
        Path id = unfinished(".migagtid", Duration.ofHours(2));

        RunDir.open(directory);

        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young), "perhaps another process writes it now");
        assertTrue(Files.exists(id));
    }

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
    void renames() throws Exception {
        RunDir runDir = RunDir.open(directory);
        runDir.write(runDir.file("a"), new byte[] {1}, "rw-------");

        runDir.rename(runDir.file("a"), runDir.file("b"));

        assertFalse(Files.exists(runDir.file("a")));
        assertEquals(1, Files.size(runDir.file("b")));
    }

    private Path unfinished(String name, Duration age) throws Exception {
        Path file = Files.createFile(directory.resolve(name));
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }
}
