package ninja.mig.relay;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection that is not ready in time, whatever its peer sends meanwhile. A socket's own limit is one for each
 * read: who sends a byte now and then keeps within it for ever.
 */
final class ClosingTime {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    ClosingTime(Duration limit, Closeable connection) {
        Routines.thread("relay-patience", () -> watch(limit, connection)).start();
    }

    private void watch(Duration limit, Closeable connection) {
        try {
            ready.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (ready.complete(false)) {
                close(connection);
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("nobody fails this future or interrupts this thread", e);
        }
    }

    private static void close(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            log.debug("a connection that took too long cannot be closed: {}", e.getMessage());
        }
    }

    /**
     * Ends the watch.
     *
     * @return false if the connection was, or is being, closed
     */
    boolean end() {
        ready.complete(true);
        return ready.join();
    }
}
