package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ninja.mig.agent.ReplayGuard.Known;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayGuardTest {
    @TempDir
    Path directory;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final Instant soon = clock.instant().plusSeconds(60);
    private RunDir runDir;

    @BeforeEach
    void openRunDir() throws Exception {
        runDir = RunDir.open(directory);
    }

    @Test
    void remembersAcrossARestart() throws Exception {
        try (ReplayGuard guard = open()) {
            assertEquals(Known.NEW, guard.lookUp("42"));
            guard.begin(List.of("42"), soon);
            guard.begin(List.of("43", "abc"), soon);
            guard.answered("43");
        }
        try (ReplayGuard guard = open()) {
            assertEquals(Known.BEGUN, guard.lookUp("42"));
            assertEquals(Known.ANSWERED, guard.lookUp("43"));
            assertEquals(Known.BEGUN, guard.lookUp("abc"));
            assertEquals(Known.NEW, guard.lookUp("44"));
        }
    }

    @Test
    void isOnDiskBeforeTheCommandRuns() throws Exception {
        try (ReplayGuard guard = open()) {
            guard.begin(List.of("42"), soon);

            assertTrue(Files.readString(file()).contains("begun 42 "));
        }
    }

    @Test
    void forgetsAnHourAfterTheActionExpired() throws Exception {
        try (ReplayGuard guard = open()) {
            guard.begin(List.of("42"), soon);
            clock.advance(Duration.ofMinutes(60));
            assertEquals(Known.BEGUN, guard.lookUp("42"));
            clock.advance(Duration.ofMinutes(2));
            assertEquals(Known.NEW, guard.lookUp("42"));
        }
        open().close();
        assertEquals("", Files.readString(file()));
    }

    @Test
    void ignoresALineThatWasNeverFinished() throws Exception {
        try (ReplayGuard guard = open()) {
            guard.begin(List.of("42"), soon);
        }
        Files.writeString(file(), "begun 4", StandardOpenOption.APPEND);

        try (ReplayGuard guard = open()) {
            assertEquals(Known.BEGUN, guard.lookUp("42"));
            assertEquals(Known.NEW, guard.lookUp("4"));
            guard.begin(List.of("5"), soon);
        }
        try (ReplayGuard guard = open()) {
            assertEquals(Known.BEGUN, guard.lookUp("5"));
        }
    }

    @Test
    void keepsTheGoodLinesOfADamagedFile() throws Exception {
        Files.write(
                file(),
                List.of(
                        "begun 42 " + soon.getEpochSecond(),
                        "\u00fc\u0000 nonsense",
                        "answered 42",
                        "begun 1 99999999999999999999"));

        try (ReplayGuard guard = open()) {
            assertEquals(Known.ANSWERED, guard.lookUp("42"));
            assertEquals(Known.NEW, guard.lookUp("1"));
        }
    }

    @Test
    void startsFromAnEmptyFile() throws Exception {
        Files.createFile(file());

        try (ReplayGuard guard = open()) {
            assertEquals(Known.NEW, guard.lookUp("42"));
        }
    }

    @Test
    void keepsItsFileSmallAndPrivate() throws Exception {
        try (ReplayGuard guard = open()) {
            for (int i = 1; i <= 600; i++) {
                guard.begin(List.of(Integer.toString(i)), clock.instant().minus(Duration.ofHours(2)));
            }
            for (int i = 1; i <= 600; i++) {
                guard.begin(List.of("f" + i), clock.instant().minus(Duration.ofHours(2)));
            }
            assertTrue(Files.size(file()) < 40_000, () -> "the file has not been compacted");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        }
        assertFalse(Files.exists(directory.resolve(".mig")));
    }

    private ReplayGuard open() throws Exception {
        return ReplayGuard.open(runDir, clock);
    }

    private Path file() {
        return directory.resolve(".executed");
    }
}
