package ninja.mig.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what comes in bursts and hands it over in batches, in order, from one thread. A batch is full at
 * {@link Limits#count} items, when its first item is {@link Limits#age} old, or when none came for {@link Limits#idle}. When as many items wait as fit, whoever adds one waits too.
 *
 * <p>A handler that throws a checked exception, or finds no memory, gets the same batch again after a pause, until it takes it: the database
 * is away, and whoever adds items comes to a halt. A handler that throws a {@link RuntimeException} has met a defect: the
 * batch is logged as lost. A handler must therefore deal with a single bad item itself.
 */
public final class Batcher<T> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Batcher.class);
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** When a batch is handed over. */
    public record Limits(int count, Duration age, Duration idle) {
        /** 1000 items, 100 ms, and 5 ms without another one. */
        public static final Limits USUAL = new Limits(1000, Duration.ofMillis(100), Duration.ofMillis(5));

        public Limits {
            if (count < 1) {
                throw new IllegalArgumentException("a batch of " + count + " items");
            }
        }
    }

    /** Takes a batch of at least one item. */
    @FunctionalInterface
    public interface Handler<T> {
        void handle(List<T> batch) throws Exception;
    }

    private record Item<T>(T value, long added) {}

    private final String name;
    private final int capacity;
    private final Limits limits;
    private final Handler<T> handler;
    private final Backoff backoff = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(5));
    private final Queue<Item<T>> waiting = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Condition removed = lock.newCondition();
    private final Condition closing = lock.newCondition();
    private final Thread thread;
    private long lastAdded;
    private boolean closed;
    private boolean abandoned;

    /**
     * Starts its thread.
     *
     * @param capacity items that may wait for the handler
     */
    public Batcher(String name, int capacity, Limits limits, Handler<T> handler) {
        this.name = name;
        this.capacity = capacity;
        this.limits = limits;
        this.handler = handler;
        this.thread = Routines.thread(name, this::run);
        this.thread.start();
    }

    /** Adds an item, waiting while there is no room. */
    public void put(T item) throws InterruptedException, ClosedException {
        lock.lockInterruptibly();
        try {
            while (waiting.size() >= capacity && !closed) {
                removed.await();
            }
            add(item);
        } finally {
            lock.unlock();
        }
    }

    /** Adds an item if there is room. */
    public boolean offer(T item) throws ClosedException {
        lock.lock();
        try {
            if (waiting.size() >= capacity) {
                return false;
            }
            add(item);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the handler's thread when there is something to do, not for each item. */
    private void add(T item) throws ClosedException {
        if (closed) {
            throw new ClosedException(name + " is closed");
        }
        lastAdded = System.nanoTime();
        waiting.add(new Item<>(item, lastAdded));
        if (waiting.size() == 1 || waiting.size() >= enough()) {
            added.signal();
        }
    }

    private int enough() {
        return Math.min(limits.count(), capacity);
    }

    /** Hands over what waits and stops; after 30 s of a failing handler the rest is given up and logged as lost. */
    @Override
    public void close() throws InterruptedException {
        close(GRACE);
    }

    void close(Duration grace) throws InterruptedException {
        lock.lock();
        try {
            closed = true;
            added.signalAll();
            removed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.join(grace.toMillis());
        abandon();
        thread.join(1000);
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(1000);
        }
    }

    private void abandon() {
        lock.lock();
        try {
            abandoned = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (List<T> batch = next(); !batch.isEmpty(); batch = next()) {
                handOver(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.error("{} was interrupted, {} items are lost", name, waiting.size());
        }
    }

    /** @return an empty list when closed and nothing is left */
    private List<T> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty()) {
                if (closed) {
                    return List.of();
                }
                added.await();
            }
            awaitMore();
            return take();
        } finally {
            lock.unlock();
        }
    }

    private void awaitMore() throws InterruptedException {
        long full = waiting.element().added() + limits.age().toNanos();
        long left = left(full);
        while (waiting.size() < enough() && !closed && left > 0) {
            added.awaitNanos(left);
            left = left(full);
        }
    }

    /** Until the batch is old enough, or nobody has added anything for a moment. */
    private long left(long full) {
        long quiet = lastAdded + limits.idle().toNanos();
        long now = System.nanoTime();
        return Math.min(full - now, quiet - now);
    }

    private List<T> take() {
        List<T> batch = new ArrayList<>(Math.min(waiting.size(), limits.count()));
        while (batch.size() < limits.count() && !waiting.isEmpty()) {
            batch.add(waiting.remove().value());
        }
        removed.signalAll();
        return batch;
    }

    private void handOver(List<T> batch) throws InterruptedException {
        while (!attempt(batch)) {
            if (!pause(backoff.next())) {
                log.error("{} is closed while its handler fails, {} items are lost", name, batch.size());
                return;
            }
        }
        if (backoff.failures() > 0) {
            log.info("{} works again after {} failures", name, backoff.failures());
            backoff.reset();
        }
    }

    private boolean attempt(List<T> batch) throws InterruptedException {
        try {
            handler.handle(batch);
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (RuntimeException e) {
            log.error("{} failed by a defect, {} items are lost", name, batch.size(), e);
            return true;
        } catch (Exception | OutOfMemoryError e) {
            if (backoff.failures() == 0) {
                log.error("{} failed, {} items will be tried again", name, batch.size(), e);
            } else {
                log.debug("{} failed again", name, e);
            }
            return false;
        }
    }

    /** @return false if the batcher was abandoned */
    private boolean pause(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = pause.toNanos();
            while (!abandoned && nanos > 0) {
                nanos = closing.awaitNanos(nanos);
            }
            return !abandoned;
        } finally {
            lock.unlock();
        }
    }
}
