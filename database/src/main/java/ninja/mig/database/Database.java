package ninja.mig.database;

import java.sql.Connection;
import java.sql.SQLException;

/** The pool of connections to one database, and how transactions run on it. Threads may share it. */
public final class Database implements AutoCloseable {

    /** What happens inside one transaction. May run again, so it changes nothing but the database. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Connects.
     *
     * @param applicationName shown by the server in {@code pg_stat_activity}: the program's name
     * @throws SQLException if the database cannot be reached or refuses the credentials; see {@link #isAway}
     */
    public static Database open(PostgresConf conf, String applicationName) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Contacts nobody: connections are made when they are needed. For programs that start before their database. */
    public static Database openLazily(PostgresConf conf, String applicationName) {
        throw new IllegalStateException("not there");
    }

    /**
     * Runs the work in one transaction, read committed. Serialization failures and deadlocks are tried again, three times.
     * An exception rolls back.
     */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Asks the server for a sign of life, within two seconds, and whether the schema is there. */
    public void check() throws SQLException {
        throw new IllegalStateException("not there");
    }

    /**
     * Whether the failure says that the database cannot be reached or does not take connections now, so that the same call
     * may succeed later; false for refused credentials and for anything wrong with the call itself.
     */
    public static boolean isAway(SQLException failure) {
        throw new IllegalStateException("not there");
    }

    /** The largest number of connections, as configured. */
    public int maxConn() {
        throw new IllegalStateException("not there");
    }

    @Override
    public void close() {
        throw new IllegalStateException("not there");
    }
}
