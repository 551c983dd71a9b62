package ninja.mig.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.ds.PGSimpleDataSource;

/** Wakes a scheduler when an action was inserted or cancelled. Listens on a connection of its own, made when first needed. */
public final class Notifications implements AutoCloseable {
    private static final int CHECK_TIMEOUT_SECONDS = 5;

    private final PGSimpleDataSource source;
    private Connection connection;
    private boolean closed;

    public Notifications(PostgresConf conf, String applicationName) {
        this.source = conf.dataSource(applicationName);
    }

    /**
     * Waits until an action was inserted or cancelled, or the time is over. Call it in a loop, from one thread; after a failure the next
     * call connects again.
     *
     * @return whether there may be something to do; also true after each connect, since something may have been missed
     * @throws SQLException if the connection broke or cannot be made, or this was closed; wait before the next call
     */
    public boolean await(Duration atMost) throws SQLException {
        Connection listening = current();
        if (listening == null) {
            connect();
            return true;
        }
        try {
            PGNotification[] news = listening.unwrap(PGConnection.class).getNotifications((int)
                    Math.max(1, Math.min(atMost.toMillis(), Integer.MAX_VALUE)));
            boolean woken = news != null && news.length > 0;
            // A connection that broke without a word looks like one where nothing happens.
            if (!woken && !listening.isValid(CHECK_TIMEOUT_SECONDS)) {
                throw new SQLException("the connection that listens for actions broke", "08006");
            }
            return woken;
        } catch (SQLException e) {
            forget(listening, e);
            throw e;
        }
    }

    private synchronized Connection current() throws SQLException {
        if (closed) {
            throw new SQLException("no longer listening for actions");
        }
        return connection;
    }

    private void connect() throws SQLException {
        Connection made = source.getConnection();
        try (Statement statement = made.createStatement()) {
            statement.execute("LISTEN " + Actions.CHANNEL);
        } catch (SQLException e) {
            forget(made, e);
            throw e;
        }
        synchronized (this) {
            connection = made;
            if (closed) {
                close();
            }
        }
    }

    private synchronized void forget(Connection broken, SQLException reason) {
        connection = null;
        try {
            broken.close();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /** Ends a wait that is going on, with an exception. From any thread. */
    @Override
    public synchronized void close() {
        closed = true;
        if (connection == null) {
            return;
        }
        try {
            // Closing would wait for the thread that waits.
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot stop listening for actions", e);
        }
        connection = null;
    }
}
