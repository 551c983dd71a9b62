package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.agent.service.Detached;
import ninja.mig.agent.service.Respawns;
import ninja.mig.platform.testing.Await;
import ninja.mig.runtime.Routines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImmortalityTest {
    @TempDir
    Path directory;

    private final AtomicInteger halts = new AtomicInteger();

    @Test
    void startsAnotherAgentFiveTimesAndThenNoMore() throws Exception {
        Immortality immortality = immortality(true);

        for (int i = 0; i < 7; i++) {
            immortality.resurrect();
        }

        Await.until("five agents", () -> started().size() == 5);
        assertEquals(5, Files.readAllLines(directory.resolve(".respawn")).size());
        assertEquals(List.of("agent -f"), started().stream().distinct().toList());
    }

    @Test
    void leavesThatToAServiceManager() throws Exception {
        immortality(false).resurrect();

        assertTrue(Files.notExists(directory.resolve(".respawn")));
    }

    @Test
    void endsTheProcessWhoseThreadDied() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler(immortality(true));
        try {
            Thread thread = Routines.thread("dies", () -> {
                throw new IllegalStateException("on purpose");
            });
            thread.start();
            thread.join();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        Await.until("another agent", () -> started().size() == 1);
        assertEquals(1, halts.get());
    }

    @Test
    void endsTheProcessEvenIfNoOtherCanBeStarted() throws Exception {
        Files.createDirectory(directory.resolve(".respawn"));

        immortality(true).uncaughtException(Thread.currentThread(), new OutOfMemoryError("on purpose"));

        assertEquals(1, halts.get());
    }

    private Immortality immortality(boolean respawn) throws Exception {
        Path agent = Scripts.recorder(directory.resolve("bin/agent"), directory.resolve("started"));
        return new Immortality(
                respawn,
                new Respawns(directory.resolve(".respawn"), Clock.systemUTC()),
                new Detached(List.of(agent.toString(), "-f"), Optional.empty()),
                halts::incrementAndGet);
    }

    private List<String> started() throws Exception {
        return Scripts.lines(directory.resolve("started"));
    }
}
