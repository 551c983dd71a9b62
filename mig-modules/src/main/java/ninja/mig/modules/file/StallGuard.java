package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Closes a file that has delivered nothing for ten seconds, so that its reader gets an exception instead of waiting. */
final class StallGuard implements AutoCloseable {
    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "stall-guard");
        thread.setDaemon(true);
        return thread;
    });
    private Channel watched;
    private long lastProgress;
    private boolean stalled;

    StallGuard() {
        timer.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    synchronized void watch(Channel channel) {
        watched = channel;
        lastProgress = System.nanoTime();
        stalled = false;
    }

    synchronized void progress() {
        lastProgress = System.nanoTime();
    }

    /** Stops watching. @return whether the file was closed because it stalled */
    synchronized boolean done() {
        watched = null;
        return stalled;
    }

    private synchronized void look() {
        if (watched != null && System.nanoTime() - lastProgress > PATIENCE) {
            stalled = true;
            try {
                watched.close();
            } catch (IOException e) {
                System.err.println("closing a stalled file: " + e.getMessage());
            }
            watched = null;
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
