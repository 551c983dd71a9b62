package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignOfLifeTest {
    @TempDir
    Path directory;

    private RunDir runDir;

    @BeforeEach
    void open() throws Exception {
        runDir = RunDir.open(directory.resolve("run"));
    }

    @Test
    void isSeenByOthersAsLongAsTheAgentLives() throws Exception {
        assertFalse(SignOfLife.isGiven(directory.resolve("run")), "nobody has lived here yet");
        Process agent = LockHolder.start(runDir.file(".alive.lock"));
        assertTrue(SignOfLife.isGiven(directory.resolve("run")));
        agent.destroyForcibly().waitFor();
        assertFalse(SignOfLife.isGiven(directory.resolve("run")));
    }

    @Test
    void isTakenOverFromAnAgentThatEnds() throws Exception {
        try (SignOfLife newer = new SignOfLife(runDir)) {
            Process older = LockHolder.start(runDir.file(".alive.lock"));
            newer.give();
            older.destroyForcibly().waitFor();
            assertFalse(SignOfLife.isGiven(directory.resolve("run")));

            newer.give();

            assertTrue(SignOfLife.isGiven(directory.resolve("run")));
        }
    }

    @Test
    void removesWhatAKilledProcessDidNotFinishToWrite() throws Exception {
        Process killed = new ProcessBuilder("true").start();
        killed.waitFor();
        Path ofTheDead = unfinished(".mig" + killed.pid() + "-77.tmp", Duration.ZERO);
        Path ofTheLiving = unfinished(".mig" + ProcessHandle.current().pid() + "-78.tmp", Duration.ofMinutes(2));
        Path another = unfinished(".mig" + ProcessHandle.current().pid() + "-79.tmp", Duration.ofHours(2));
        Path older = unfinished(".mig1.tmp", Duration.ofHours(2));
        Path id = unfinished(".migagtid", Duration.ofHours(2));
        try (SignOfLife life = new SignOfLife(runDir)) {
            Process other = LockHolder.start(runDir.file(".alive.lock"));
            life.give();
            assertTrue(Files.exists(ofTheDead), "another agent lives");

            other.destroyForcibly().waitFor();
            life.give();
        }
        assertFalse(Files.exists(ofTheDead));
        assertTrue(Files.exists(ofTheLiving), "it may be writing");
        assertFalse(Files.exists(another), "nobody writes that long: the number is another process's now");
        assertFalse(Files.exists(older));
        assertTrue(Files.exists(id));
    }

    @Test
    void leavesUnfinishedFilesOfOthers() throws Exception {
        assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0), "only root can give a file away");
        Path foreign = unfinished(".mig1.tmp", Duration.ofHours(2));
        Files.setAttribute(foreign, "unix:uid", 12345);
        try (SignOfLife life = new SignOfLife(runDir)) {
            life.give();
        }
        assertTrue(Files.exists(foreign));
    }

    private Path unfinished(String name, Duration age) throws Exception {
        Path file = Files.createFile(runDir.file(name));
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    @Test
    void canBeTakenByItsOwnerAlone() throws Exception {
        try (SignOfLife life = new SignOfLife(runDir)) {
            life.give();

            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(runDir.file(".alive.lock"))));
        }
    }
}
