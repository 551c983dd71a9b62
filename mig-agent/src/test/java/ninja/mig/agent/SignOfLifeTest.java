package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    void canBeTakenByItsOwnerAlone() throws Exception {
        try (SignOfLife life = new SignOfLife(runDir)) {
            life.give();

            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(runDir.file(".alive.lock"))));
        }
    }
}
