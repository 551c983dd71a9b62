package ninja.mig.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RoutinesTest {
    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    void runsAtOnceAndAgainAfterThePeriod() throws Exception {
        CountDownLatch runs = new CountDownLatch(3);
        try (Routines routines = new Routines()) {
            routines.every(Duration.ofMillis(1), "often", runs::countDown);
            assertTrue(runs.await(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void runsInAThreadOfItsName() throws Exception {
        Semaphore named = new Semaphore(0);
        try (Routines routines = new Routines()) {
            routines.every(
                    NEVER,
                    "collector",
                    () -> named.release(Thread.currentThread().getName().equals("collector") ? 1 : 0));
            assertTrue(named.tryAcquire(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void runsWhenWokenAndOnceMoreWhenWokenDuringARun() throws Exception {
        Semaphore runs = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        try (Routines routines = new Routines()) {
            Routine routine = routines.every(NEVER, "woken", () -> {
                runs.release();
                goOn.acquire();
            });
            assertTrue(runs.tryAcquire(10, TimeUnit.SECONDS));
            routine.wake();
            routine.wake();
            goOn.release();
            assertTrue(runs.tryAcquire(10, TimeUnit.SECONDS));
            goOn.release();
            assertFalse(runs.tryAcquire(50, TimeUnit.MILLISECONDS));
            routine.wake();
            assertTrue(runs.tryAcquire(10, TimeUnit.SECONDS));
            goOn.release();
        }
    }

    @Test
    void goesOnAfterAFailureOfAnyKind() throws Exception {
        AtomicInteger run = new AtomicInteger();
        CountDownLatch survived = new CountDownLatch(1);
        try (Routines routines = new Routines(Duration.ofSeconds(5), Duration.ofMillis(1))) {
            routines.every(NEVER, "failing", () -> {
                switch (run.incrementAndGet()) {
                    case 1 -> throw new IOException("away");
                    case 2 -> throw new IllegalStateException("defect");
                    case 3 -> throw new StackOverflowError();
                    default -> survived.countDown();
                }
            });
            assertTrue(survived.await(10, TimeUnit.SECONDS));
        }
        assertEquals(4, run.get());
    }

    @Test
    void letsTheRunAtHandEnd() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Routines routines = new Routines();
        routines.every(NEVER, "slow", () -> {
            started.countDown();
            closing.await();
            ended.countDown();
        });
        started.await();
        Thread closer = Routines.thread("closer", () -> {
            try {
                routines.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        closer.start();
        closing.countDown();
        closer.join();
        assertEquals(0, ended.getCount());
    }

    @Test
    void interruptsARunThatOutlastsTheGrace() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Routines routines = new Routines(Duration.ofMillis(20));
        routines.every(NEVER, "stuck", () -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        started.await();
        routines.close();
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }

    @Test
    void startsNothingOnceClosed() throws Exception {
        Routines routines = new Routines();
        routines.close();
        assertThrows(IllegalStateException.class, () -> routines.every(NEVER, "late", () -> {}));
    }

    @Test
    void pausesLongerFromFailureToFailure() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));
        long[] expected = {1, 2, 4, 8, 16, 32, 60, 60};
        for (long seconds : expected) {
            Duration pause = backoff.next();
            assertTrue(pause.compareTo(Duration.ofSeconds(seconds)) <= 0, pause.toString());
            assertTrue(pause.compareTo(Duration.ofMillis(seconds * 900)) >= 0, pause.toString());
        }
        for (int i = 0; i < 100; i++) {
            backoff.next();
        }
        assertTrue(backoff.next().compareTo(Duration.ofSeconds(54)) >= 0);
        backoff.reset();
        assertTrue(backoff.next().compareTo(Duration.ofSeconds(1)) <= 0);
    }
}
