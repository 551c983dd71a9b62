package ninja.mig.scheduler;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.RelayException;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells workers what happened, on exchange migevent. Never holds up whoever has something to tell: while the relay is
 * away events wait here, and when too many do the oldest are dropped.
 */
final class Events implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Events.class);
    private static final int MOST_WAITING = 10_000;
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    private static final int CHUNK = 500;
    private static final Duration CONFIRM = Duration.ofSeconds(30);
    private static final Duration WOKEN_ANYWAY = Duration.ofMinutes(5);

    private final Publisher publisher;
    private final SchedulerMetrics metrics;
    private volatile Runnable wake = () -> {};
    private final Deque<Message> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long dropped;

    Events(Publisher publisher, SchedulerMetrics metrics) {
        this.publisher = publisher;
        this.metrics = metrics;
    }

    /** Begins to publish. */
    void start(Routines routines) {
        wake = routines.every(WOKEN_ANYWAY, "events", this::run)::wake;
    }

    /** Publishes what is left when the routines have stopped, if the relay takes it at once. */
    @Override
    public void close() throws InterruptedException {
        try {
            run();
        } catch (IOException e) {
            log.warn("events are lost: {}", e.getMessage());
        }
    }

    /** Returns at once. */
    void publish(String key, byte[] body) {
        add(Message.event(key, body));
        wake.run();
    }

    private synchronized void add(Message event) {
        waiting.add(event);
        waitingBytes += event.body().length;
        while (waiting.size() > MOST_WAITING || waitingBytes > MOST_BYTES) {
            waitingBytes -= waiting.remove().body().length;
            dropped++;
            metrics.eventDropped();
        }
    }

    /** Events that the relay has not confirmed yet. */
    synchronized int waiting() {
        return waiting.size();
    }

    private void run() throws IOException, InterruptedException {
        reportDropped();
        for (List<Message> chunk = next(); !chunk.isEmpty(); chunk = next()) {
            send(chunk);
        }
    }

    private synchronized void reportDropped() {
        if (dropped > 0) {
            log.warn("{} events were dropped: the relay does not take them as fast as they come", dropped);
            dropped = 0;
        }
    }

    private synchronized List<Message> next() {
        return waiting.stream().limit(CHUNK).toList();
    }

    private void send(List<Message> chunk) throws IOException, InterruptedException {
        List<CompletableFuture<Published>> results =
                chunk.stream().map(publisher::publish).toList();
        List<Message> taken = new ArrayList<>();
        RelayException failure = null;
        long deadline = System.nanoTime() + CONFIRM.toNanos();
        for (int i = 0; i < chunk.size(); i++) {
            try {
                results.get(i).get(Math.max(deadline - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
                taken.add(chunk.get(i));
            } catch (TimeoutException | ExecutionException e) {
                failure = new RelayException("an event was not confirmed: " + reason(e), e);
            }
        }
        remove(taken);
        metrics.eventsPublished(taken.size());
        if (failure != null) {
            throw failure;
        }
    }

    private static String reason(Exception e) {
        return e.getCause() == null ? "no answer" : e.getCause().getMessage();
    }

    /** Only those that were not dropped meanwhile. Records of equal content must not be confused: identity counts. */
    private synchronized void remove(List<Message> taken) {
        Set<Message> gone = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        gone.addAll(taken);
        waiting.removeIf(event -> {
            boolean remove = gone.contains(event);
            waitingBytes -= remove ? event.body().length : 0;
            return remove;
        });
    }
}
