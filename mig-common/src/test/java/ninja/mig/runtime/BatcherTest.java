package ninja.mig.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatcherTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Batcher.Limits PATIENT = new Batcher.Limits(3, LONG, LONG);

    private final BlockingQueue<List<Integer>> batches = new LinkedBlockingQueue<>();

    private List<Integer> next() throws InterruptedException {
        return batches.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void handsOverAFullBatchInOrder() throws Exception {
        try (Batcher<Integer> batcher = new Batcher<>("test", 100, PATIENT, batches::put)) {
            for (int i = 0; i < 7; i++) {
                batcher.put(i);
            }
            assertEquals(List.of(0, 1, 2), next());
            assertEquals(List.of(3, 4, 5), next());
            assertTrue(batches.isEmpty());
        }
        assertEquals(List.of(6), next());
    }

    @Test
    void triesAgainWhenThereWasNoMemory() throws Exception {
        Semaphore failed = new Semaphore(0);
        Batcher.Handler<Integer> handler = batch -> {
            if (failed.availablePermits() == 0) {
                failed.release();
                throw new OutOfMemoryError("test");
            }
            batches.put(batch);
        };
        try (Batcher<Integer> batcher = new Batcher<>("test", 10, PATIENT, handler)) {
            batcher.put(1);
            batcher.put(2);
            batcher.put(3);
            assertEquals(List.of(1, 2, 3), next());
        }
    }

    @Test
    void doesNotKeepTheFirstItemAfterASilence() throws Exception {
        Batcher.Limits limits = new Batcher.Limits(1000, LONG, Duration.ofMillis(5));
        try (Batcher<Integer> batcher = new Batcher<>("test", 100, limits, batches::put)) {
            batcher.put(1);
            assertEquals(List.of(1), next());
            batcher.put(2);
            assertEquals(List.of(2), next());
        }
    }

    @Test
    void handsOverWhenNoMoreCome() throws Exception {
        Batcher.Limits limits = new Batcher.Limits(1000, LONG, Duration.ofMillis(20));
        try (Batcher<Integer> batcher = new Batcher<>("test", 1000, limits, batches::put)) {
            for (int i = 0; i < 200; i++) {
                batcher.put(i);
            }
            int all = 0;
            for (int count = 0; all < 200; count++) {
                assertTrue(count < 200, "one by one");
                all += next().size();
            }
        }
    }

    @Test
    void handsOverAtItsAgeThoughMoreCome() throws Exception {
        Batcher.Limits limits = new Batcher.Limits(Integer.MAX_VALUE, Duration.ofMillis(20), LONG);
        try (Batcher<Integer> batcher = new Batcher<>("test", Integer.MAX_VALUE, limits, batches::put)) {
            while (batches.isEmpty()) {
                batcher.put(1);
                Thread.onSpinWait();
            }
            assertTrue(next().size() > 0);
        }
    }

    @Test
    void gathersWhatComesDuringARunUntilItsAge() throws Exception {
        Semaphore started = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        Batcher.Limits limits = new Batcher.Limits(1000, Duration.ofMillis(100), Duration.ofMillis(5));
        Batcher.Handler<Integer> handler = batch -> {
            started.release();
            goOn.acquire();
            batches.put(batch);
        };
        try (Batcher<Integer> batcher = new Batcher<>("test", 10_000, limits, handler)) {
            batcher.put(-1);
            started.acquire();
            IntStream.range(0, 1500).forEach(i -> assertTrue(offer(batcher, i)));
            goOn.release(100);
            assertEquals(List.of(-1), next());
            assertEquals(1000, next().size());
            assertEquals(500, next().size());
        }
    }

    private static boolean offer(Batcher<Integer> batcher, int item) {
        try {
            return batcher.offer(item);
        } catch (ClosedException e) {
            return false;
        }
    }

    @Test
    void holdsUpWhoeverAddsWhenFull() throws Exception {
        Semaphore goOn = new Semaphore(0);
        CountDownLatch taken = new CountDownLatch(1);
        Batcher.Limits one = new Batcher.Limits(1, LONG, LONG);
        Batcher<Integer> batcher = new Batcher<>("test", 2, one, batch -> {
            taken.countDown();
            goOn.acquire();
            batches.put(batch);
        });
        batcher.put(0);
        taken.await();
        batcher.put(1);
        batcher.put(2);
        assertFalse(batcher.offer(3));
        CountDownLatch added = new CountDownLatch(1);
        Routines.thread("adder", () -> {
                    try {
                        batcher.put(3);
                        added.countDown();
                    } catch (InterruptedException | ClosedException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .start();
        assertFalse(added.await(50, TimeUnit.MILLISECONDS));
        goOn.release(10);
        assertTrue(added.await(10, TimeUnit.SECONDS));
        batcher.close();
        assertEquals(4, batches.size());
    }

    @Test
    void givesTheSameBatchAgainDuringAnOutage() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Batcher.Handler<Integer> handler = batch -> {
            if (attempts.incrementAndGet() < 3) {
                throw new IOException("database away");
            }
            batches.put(batch);
        };
        try (Batcher<Integer> batcher = new Batcher<>("test", 100, PATIENT, handler)) {
            for (int i = 0; i < 6; i++) {
                batcher.put(i);
            }
            assertEquals(List.of(0, 1, 2), next());
            assertEquals(List.of(3, 4, 5), next());
        }
        assertEquals(4, attempts.get());
    }

    @Test
    void goesOnWithTheNextBatchAfterADefect() throws Exception {
        Batcher.Handler<Integer> handler = batch -> {
            if (batch.contains(0)) {
                throw new IllegalStateException("poison");
            }
            batches.put(batch);
        };
        try (Batcher<Integer> batcher = new Batcher<>("test", 100, PATIENT, handler)) {
            for (int i = 0; i < 6; i++) {
                batcher.put(i);
            }
            assertEquals(List.of(3, 4, 5), next());
        }
    }

    @Test
    void givesUpAFailingHandlerWhenClosed() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        Batcher<Integer> batcher = new Batcher<>("test", 100, PATIENT, batch -> {
            failed.countDown();
            throw new IOException("away");
        });
        for (int i = 0; i < 3; i++) {
            batcher.put(i);
        }
        failed.await();
        batcher.close(Duration.ofMillis(10));
        assertThrows(ClosedException.class, () -> batcher.put(4));
    }

    @Test
    void losesNothingBetweenManyThreads() throws Exception {
        List<Integer> seen = new ArrayList<>();
        Batcher<Integer> batcher = new Batcher<>("test", 50, Batcher.Limits.USUAL, seen::addAll);
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(t -> Routines.thread(
                        "adder-" + t, () -> IntStream.range(0, 1000).forEach(i -> {
                            try {
                                batcher.put(t * 1000 + i);
                            } catch (InterruptedException | ClosedException e) {
                                throw new IllegalStateException(e);
                            }
                        })))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        batcher.close();
        assertEquals(8000, seen.stream().distinct().count());
        assertEquals(8000, seen.size());
    }
}
