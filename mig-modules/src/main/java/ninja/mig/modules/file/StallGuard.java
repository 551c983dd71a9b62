package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a file that has delivered nothing for ten seconds, so that its reader gets an exception instead of waiting. It
 * serves one reader, to whom it costs nearly nothing.
 */
final class StallGuard implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LOOKS = 10;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "stall-guard");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong steps = new AtomicLong();
    private volatile Channel watched;
    private volatile boolean stalled;
    private long seen;
    private int looks;

    StallGuard() {
        this(PATIENCE);
    }

    StallGuard(Duration patience) {
        long period = patience.dividedBy(LOOKS).toMillis();
        timer.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    /** The reader has a file in hand. */
    void watch(Channel channel) {
        steps.lazySet(steps.get() + 2 & -2); // The read before may have ended with an exception.
        watched = channel;
        stalled = false;
    }

    /** A read begins. Time that passes between reads does not count. */
    void begin() {
        steps.lazySet(steps.get() + 1 | 1);
    }

    void end() {
        steps.lazySet(steps.get() + 1);
    }

    /** Whether the file was closed because it stalled. */
    boolean hasStalled() {
        return stalled;
    }

    /** Odd is within a read: the same odd number all the time is one that does not come back. */
    private void look() {
        long now = steps.get();
        looks = now == seen && now % 2 == 1 ? looks + 1 : 0;
        seen = now;
        if (looks == LOOKS) {
            stalled = true;
            try {
                watched.close();
            } catch (IOException e) {
                System.err.println("closing a stalled file: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
