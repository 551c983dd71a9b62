package ninja.mig.relay;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import ninja.mig.conf.GoDuration;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds how long a connection takes to be ready, as to begin TLS: else it is closed, whatever its peer sends meanwhile. A
 * socket's own limit is one for each read: who sends a byte now and then keeps within it for ever.
 */
final class ClosingTime {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    ClosingTime(Duration limit, Closeable connection) {
        Routines.thread("relay-patience", () -> watch(limit, connection)).start();
    }

    /**
     * Begins TLS.
     *
     * @param connection what it is spoken on
     * @throws SocketTimeoutException if it has not begun in time; without a cause, since {@link TlsFailure} would take that for
     *     a relay that hung up
     */
    static void shakeHands(SSLSocket socket, Closeable connection, Duration limit) throws IOException {
        ClosingTime closing = new ClosingTime(limit, connection);
        IOException failure = new SocketTimeoutException("TLS has not begun within " + GoDuration.format(limit));
        try {
            socket.startHandshake();
        } catch (IOException e) {
            failure.addSuppressed(e);
            throw closing.end() ? e : failure;
        }
        if (!closing.end()) {
            throw failure;
        }
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
