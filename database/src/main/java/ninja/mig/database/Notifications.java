package ninja.mig.database;

import java.sql.SQLException;
import java.time.Duration;

/** Wakes the collector when an action was inserted. Listens on a connection of its own, made when first needed. */
public final class Notifications implements AutoCloseable {
    public Notifications(PostgresConf conf, String applicationName) {}

    /**
     * Waits until an action was inserted, or the time is over. Call it in a loop, from one thread; after a failure the next
     * call connects again.
     *
     * @return whether there may be something to do; also true after each connect, since something may have been missed
     * @throws SQLException if the connection broke or cannot be made; wait before the next call
     */
    public boolean await(Duration atMost) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Ends a wait that is going on. From any thread. */
    @Override
    public void close() {
        throw new IllegalStateException("not there");
    }
}
