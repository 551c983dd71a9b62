package ninja.mig.agent.service;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RespawnsTest {
    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

    @TempDir
    Path directory;

    @Test
    void allowsFiveIn300Seconds() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertTrue(take(10 * i));
        }
        assertFalse(take(50));
        assertFalse(take(299));
        assertTrue(take(300), "the first is over");
        assertFalse(take(300));
        assertTrue(take(310));
    }

    @Test
    void doesNotStopForEverWhenTheClockWasWrong() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertTrue(take(1_000_000));
        }
        assertFalse(take(1_000_000));
        assertTrue(take(0));
    }

    @Test
    void startsAgainWithAFileThatHoldsSomethingElse() throws Exception {
        Files.write(file(), new byte[] {0, (byte) 0xff, '\n', '-', '1', '\n'});

        assertTrue(take(0));
    }

    @Test
    void allowsNoneThatCannotBeCounted() throws Exception {
        Files.createDirectory(file());

        assertThrows(IOException.class, () -> take(0));
    }

    private Path file() {
        return directory.resolve(".respawn");
    }

    private boolean take(long seconds) throws IOException {
        return new Respawns(file(), Clock.fixed(START.plusSeconds(seconds), ZoneOffset.UTC)).take();
    }
}
