package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Closes a file that has delivered nothing for ten seconds, so that its reader gets an exception instead of waiting. */
final class StallGuard implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "stall-guard");
        thread.setDaemon(true);
        return thread;
    });
    private final Duration patience;
    private Channel watched;
    private boolean reading;
    private long since;
    private boolean stalled;

    StallGuard() {
        this(PATIENCE);
    }

    StallGuard(Duration patience) {
        this.patience = patience;
        long period = patience.dividedBy(10).toMillis();
        timer.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    synchronized void watch(Channel channel) {
        watched = channel;
        reading = false;
        stalled = false;
    }

    /** A read begins. Time that passes between reads does not count. */
    synchronized void begin() {
        reading = true;
        since = System.nanoTime();
    }

    synchronized void end() {
        reading = false;
    }

    /** Whether the file was closed because it stalled. */
    synchronized boolean hasStalled() {
        return stalled;
    }

    private synchronized void look() {
        if (reading && System.nanoTime() - since > patience.toNanos()) {
            stalled = true;
            reading = false;
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
