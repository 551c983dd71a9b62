package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

    /** A connection that ends interrupts who deals with its messages. */
    @Test
    void remembersNothingOfWhatFails() throws Exception {
        Random random = new Random(1);
        try (ReplayGuard guard = open()) {
            for (int i = 0; i < 300; i++) {
                String key = Integer.toString(i);
                CompletableFuture<Boolean> begun = new CompletableFuture<>();
                Thread thread = new Thread(() -> {
                    try {
                        begun.complete(guard.begin(List.of(key), soon));
                    } catch (IOException e) {
                        begun.complete(false);
                    }
                });
                thread.start();
                long end = System.nanoTime() + random.nextInt(2_000_000);
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                thread.interrupt();
                thread.join();
                assertEquals(begun.get() ? Known.BEGUN : Known.NEW, guard.lookUpNow(key), "round " + i);
                assertEquals(begun.get(), Files.readString(file()).contains("begun " + key + " "));
            }
        }
    }

    @Test
    void doesWithoutAShorterFile() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString());
        assumeTrue(
                mounted || !Files.isWritable(Path.of("/")), "NOT RUN, root may write everywhere, and mounts nothing");
        try (ReplayGuard guard = ReplayGuard.open(RunDir.open(disk), clock)) {
            for (int i = 0; i < ReplayGuard.MAX_EXPIRED; i++) {
                Files.writeString(disk.resolve(".executed"), "begun a" + i + " 1\n", StandardOpenOption.APPEND);
            }
            assertEquals(Known.NEW, guard.lookUpNow("42"));
            if (mounted) {
                run("mount", "-o", "remount,nr_inodes=" + (count(disk) + 1), disk.toString());
            } else {
                Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("r-x------"));
            }

            assertTrue(guard.begin(List.of("42"), soon));

            assertEquals(Known.BEGUN, guard.lookUpNow("42"));
            assertTrue(Files.readString(disk.resolve(".executed")).contains("begun a0 "), "it was not shortened");
        } finally {
            Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rwx------"));
            if (mounted) {
                run("umount", disk.toString());
            }
        }
    }

    private static long count(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Test
    void isOnDiskBeforeTheCommandRuns() throws Exception {
        try (ReplayGuard guard = open()) {
            guard.begin(List.of("42"), soon);

            assertTrue(Files.readString(file()).contains("begun 42 "));
        }
    }

    @Test
    void remembersWhatAClockThatWasWrongCalledExpired() throws Exception {
        try (ReplayGuard guard = open()) {
            guard.begin(List.of("42"), soon);
        }
        clock.advance(Duration.ofDays(3650));
        try (ReplayGuard guard = open()) {
            assertEquals(Known.BEGUN, guard.lookUp("42"));
        }
        clock.advance(Duration.ofDays(-3650));
        try (ReplayGuard guard = open()) {
            assertEquals(Known.BEGUN, guard.lookUp("42"));
            assertFalse(guard.begin(List.of("42"), soon));
        }
    }

    @Test
    void remembersWhenTheClockIsSetBack() throws Exception {
        try (ReplayGuard guard = open()) {
            guard.begin(List.of("42"), soon);
            clock.advance(Duration.ofDays(-3650));
            assertEquals(Known.BEGUN, guard.lookUp("42"));
        }
        try (ReplayGuard guard = open()) {
            assertEquals(Known.BEGUN, guard.lookUp("42"));
            assertFalse(guard.isForgotten(clock.instant().plusSeconds(60)));
        }
    }

    @Test
    void knowsWhatItHadToForget() throws Exception {
        int tooMany = 500;
        try (ReplayGuard guard = open()) {
            for (int i = 0; i < ReplayGuard.MAX_EXPIRED + tooMany; i++) {
                guard.begin(List.of("a" + i), soon.plusSeconds(i));
            }
        }
        clock.advance(Duration.ofDays(365));
        open().close();
        clock.advance(Duration.ofDays(-365));

        try (ReplayGuard guard = open()) {
            assertEquals(Known.NEW, guard.lookUp("a0"));
            assertTrue(guard.isForgotten(soon));
            assertEquals(Known.NEW, guard.lookUp("a" + (tooMany - 1)));
            assertTrue(guard.isForgotten(soon.plusSeconds(tooMany - 1)));
            assertEquals(Known.BEGUN, guard.lookUp("a" + tooMany));
            assertFalse(guard.isForgotten(soon.plusSeconds(tooMany)));
        }
    }

    @Test
    void sharesItsFileWithAnotherProcessOfTheAgent() throws Exception {
        try (ReplayGuard one = open();
                ReplayGuard other = open()) {
            assertTrue(one.begin(List.of("1"), soon));
            assertFalse(other.begin(List.of("1"), soon));
            assertEquals(Known.BEGUN, other.lookUp("1"));
            other.answered("1");

            try (ReplayGuard third = open()) { // replaces the file
                assertEquals(Known.ANSWERED, third.lookUp("1"));
                assertTrue(third.begin(List.of("2"), soon));
            }
            assertFalse(one.begin(List.of("2", "3"), soon));
            assertTrue(one.begin(List.of("3"), soon));
            assertFalse(other.begin(List.of("3"), soon));
        }
        try (ReplayGuard guard = open()) {
            assertEquals(Known.ANSWERED, guard.lookUp("1"));
            assertEquals(Known.BEGUN, guard.lookUp("2"));
            assertEquals(Known.BEGUN, guard.lookUp("3"));
        }
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
            for (int i = 1; i <= 50; i++) {
                String number = Integer.toString(i);
                guard.begin(
                        IntStream.range(0, 100).mapToObj(k -> number + "f" + k).toList(),
                        clock.instant().minus(Duration.ofHours(2)));
            }
            int most = 2 * ReplayGuard.MAX_EXPIRED + 101;
            int lines = Files.readAllLines(file()).size();
            assertTrue(lines <= most, () -> lines + " lines: the file has not been compacted");
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
