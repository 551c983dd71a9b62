package ninja.mig.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loops of a daemon, each in a thread of its own name. A run that fails is logged and the loop goes on. */
public final class Routines implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Routines.class);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

    private final Duration grace;
    private final Duration shortestPause;
    private final List<Running> running = new ArrayList<>();
    private boolean closed;

    private record Running(Loop loop, Thread thread) {}

    /** With 30 seconds for the runs at hand when it is closed. */
    public Routines() {
        this(Duration.ofSeconds(30));
    }

    /** @param grace what {@link #close} leaves to the runs at hand, all together, before it interrupts them */
    public Routines(Duration grace) {
        this(grace, SHORTEST_PAUSE);
    }

    Routines(Duration grace, Duration shortestPause) {
        this.grace = grace;
        this.shortestPause = shortestPause;
    }

    /**
     * Runs the task now, and again each time that the period has passed since its end (up to a tenth less, so that
     * routines of several machines drift apart), or earlier when it is woken. After a failure the pause is 1 s, doubled up
     * to 5 s until a run succeeds.
     */
    public synchronized Routine every(Duration period, String name, Task task) {
        if (closed) {
            throw new IllegalStateException("routines are closed, cannot start " + name);
        }
        Loop loop = new Loop(name, period, shortestPause, task);
        Thread thread = thread(name, loop);
        running.add(new Running(loop, thread));
        thread.start();
        return loop;
    }

    /** A daemon thread whose uncaught exception is logged, and handed to the process's own handler if it has one. */
    public static Thread thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> {
            log.error("thread {} ended by an uncaught exception", t.getName(), e);
            Optional.ofNullable(Thread.getDefaultUncaughtExceptionHandler())
                    .ifPresent(handler -> handler.uncaughtException(t, e));
        });
        return thread;
    }

    /** Lets the runs at hand end, interrupts those that take longer than the grace, and returns. */
    @Override
    public void close() throws InterruptedException {
        List<Running> all = stopAll();
        long deadline = System.nanoTime() + grace.toNanos();
        for (Running r : all) {
            join(r.thread(), deadline);
        }
        List<Running> late = all.stream().filter(r -> r.thread().isAlive()).toList();
        late.forEach(r -> r.thread().interrupt());
        long last = System.nanoTime() + AFTER_INTERRUPT.toNanos();
        for (Running r : late) {
            join(r.thread(), last);
            log.warn(
                    "{} did not end in time, {}",
                    r.thread().getName(),
                    r.thread().isAlive() ? "left alone" : "interrupted");
        }
    }

    private synchronized List<Running> stopAll() {
        closed = true;
        running.forEach(r -> r.loop().stop());
        return List.copyOf(running);
    }

    private static void join(Thread thread, long deadline) throws InterruptedException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis > 0 && thread != Thread.currentThread()) {
            thread.join(millis);
        }
    }
}
