package ninja.mig.log;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes in a thread of its own, so that a destination over the network does not hold up those who log. If it cannot
 * follow, lines are dropped and counted.
 */
final class QueuedDestination implements Destination {
    private static final int WAITING = 8192;
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 100;

    private record Line(Instant time, Severity severity, String text) {}

    private final Destination destination;
    private final BlockingQueue<Line> queue = new LinkedBlockingQueue<>(WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    QueuedDestination(Destination destination) {
        this.destination = destination;
        this.thread = new Thread(this::run, "log");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void write(Instant time, Severity severity, String line) {
        if (!queue.offer(new Line(time, severity, line))) {
            dropped.incrementAndGet();
        }
    }

    private void run() {
        try {
            for (Line line = next(); line != null || !closed; line = next()) {
                if (line != null) {
                    reportDropped(line.time());
                    destination.write(line.time(), line.severity(), line.text());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException("a destination behind a queue reports its failures itself", e);
        }
    }

    private Line next() throws InterruptedException {
        return queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void reportDropped(Instant time) throws IOException {
        long count = dropped.getAndSet(0);
        if (count > 0) {
            destination.write(time, Severity.WARNING, "- - - [warning] " + count + " log lines were dropped");
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            thread.join(GRACE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        destination.close();
    }
}
