package ninja.mig.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops what was started, last first. One failure does not keep the others from being stopped. */
public final class Closer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Closer.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** @return what was given, for use in an assignment */
    public synchronized <T extends AutoCloseable> T register(T resource) {
        open.push(resource);
        return resource;
    }

    /**
     * Stops everything; a second call does nothing.
     *
     * @throws Exception the first failure, with the others suppressed in it
     */
    @Override
    public void close() throws Exception {
        Exception first = null;
        for (AutoCloseable resource = next(); resource != null; resource = next()) {
            try {
                resource.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                first = collect(first, e);
            } catch (Exception e) {
                first = collect(first, e);
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** As {@link #close}, for the end of a program, where a failure can only be logged. */
    public void closeLogging() {
        try {
            close();
        } catch (Exception e) {
            log.error("stopping failed", e);
        }
    }

    private synchronized AutoCloseable next() {
        return open.poll();
    }

    private static Exception collect(Exception first, Exception e) {
        if (first == null) {
            return e;
        }
        first.addSuppressed(e);
        return first;
    }
}
