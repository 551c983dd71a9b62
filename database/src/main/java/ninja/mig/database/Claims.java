package ninja.mig.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import ninja.mig.model.Action;

/**
 * The actions that one scheduler has in hand. Beside the status of the row each is an advisory lock of one session, which
 * PostgreSQL takes away when the session ends, however it ends: then {@link Actions#readopt} lets any scheduler have it.
 * Locks can be lost while the scheduler lives, with a connection. Then two may work on one action, of which the statuses
 * let one win. For one thread.
 */
public final class Claims implements AutoCloseable {
    /** The lock of the action with this {@code id}, apart from others of this database; ids have 53 bits. */
    static final String KEY = "id::bigint + (1::bigint << 54)";

    /** One connection, so that every transaction on it is in the same session. */
    private final Database session;

    public Claims(Database database) {
        this.session = database.reserve(1);
    }

    /** Closed when the work on these actions is over, successfully or not. */
    public final class Claim implements AutoCloseable {
        private final List<Action> actions;

        private Claim(List<Action> actions) {
            this.actions = actions;
        }

        public List<Action> actions() {
            return actions;
        }

        @Override
        public void close() throws SQLException {
            if (!actions.isEmpty()) {
                session.inTransaction(
                        connection -> Statements.first(connection, row -> true, "SELECT pg_advisory_unlock_all()"));
            }
        }
    }

    /** Pending actions whose time has come, now {@code scheduled} and this caller's alone; oldest first. */
    public Claim take(Instant now, int limit) throws SQLException {
        return new Claim(session.inTransaction(connection -> {
            List<Action> actions = Actions.takeRunnable(connection, now, limit);
            lock(connection, actions);
            return actions;
        }));
    }

    /** Before the commit: nobody sees them claimed and not locked. */
    private static void lock(Connection connection, List<Action> actions) throws SQLException {
        Statements.list(
                connection,
                row -> true,
                "SELECT pg_advisory_lock(%s) FROM unnest(?::numeric[]) AS claimed (id)".formatted(KEY),
                Rows.ids(connection, actions.stream().map(Action::id).toList()));
    }

    @Override
    public void close() {
        session.close();
    }
}
