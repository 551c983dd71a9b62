package ninja.mig.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.ds.PGSimpleDataSource;

/** The pool of connections to one database, and how transactions run on it. Threads may share it. */
public final class Database implements AutoCloseable {
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(60);
    private static final int READ_TIMEOUT_SECONDS = 120;
    private static final int CHECK_TIMEOUT_SECONDS = 2;
    private static final int RETRIES = 3;
    private static final Duration RETRY_PAUSE = Duration.ofMillis(100);

    private final PostgresConf conf;
    private final String applicationName;
    private final HikariDataSource pool;

    private Database(PostgresConf conf, String applicationName) {
        this.conf = conf;
        this.applicationName = applicationName;
        this.pool = new HikariDataSource(poolConfig(conf, applicationName));
    }

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
        // A pool would try for its whole timeout and then hide the reason.
        conf.dataSource(applicationName).getConnection().close();
        return new Database(conf, applicationName);
    }

    /** Contacts nobody: connections are made when they are needed. For programs that start before their database. */
    public static Database openLazily(PostgresConf conf, String applicationName) {
        return new Database(conf, applicationName);
    }

    /** Connections that nobody else can use up, to the same database. */
    Database reserve(int connections) {
        return new Database(conf.withMaxConn(connections), applicationName);
    }

    private static HikariConfig poolConfig(PostgresConf conf, String applicationName) {
        PGSimpleDataSource source = conf.dataSource(applicationName);
        source.setSocketTimeout(READ_TIMEOUT_SECONDS);
        HikariConfig config = new HikariConfig();
        config.setPoolName(applicationName);
        config.setDataSource(source);
        config.setMaximumPoolSize(conf.maxConn());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
        config.setInitializationFailTimeout(-1);
        // Years before 1900 have odd offsets in most time zones. A plan that was made while a table was small, and is
        // kept, reads the whole table for ever; a new one for each batch costs nothing that can be measured.
        config.setConnectionInitSql(
                "SET TIME ZONE 'UTC'; SET plan_cache_mode = force_custom_plan; SET statement_timeout = '%dms'"
                        .formatted(STATEMENT_TIMEOUT.toMillis()));
        return config;
    }

    /**
     * Runs the work in one transaction, read committed. Serialization failures and deadlocks are tried again, three times,
     * after a moment; a connection that broke before the commit is replaced, once. An exception rolls back.
     */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        for (int retries = 0; ; retries++) {
            try {
                return onLiveConnection(this::once, work);
            } catch (SQLException e) {
                if (retries == RETRIES || !isConflict(e)) {
                    throw e;
                }
                letTheOtherFinish(retries, e);
            }
        }
    }

    /** Whoever tries again at once takes the locks that the other one was just given, and both fail again. */
    private static void letTheOtherFinish(int retries, SQLException conflict) throws SQLException {
        long most = RETRY_PAUSE.multipliedBy(1L << retries).toMillis();
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw conflict;
        }
    }

    private interface Transaction {
        <T> T run(Work<T> work) throws SQLException;
    }

    /**
     * An outage shows when the first connection that it broke is used. Then no connection of the pool is trusted any more,
     * and work that has not been committed begins again, so that an outage which is over fails nobody.
     */
    private <T> T onLiveConnection(Transaction transaction, Work<T> work) throws SQLException {
        AtomicBoolean done = new AtomicBoolean();
        try {
            return transaction.run(connection -> {
                T result = work.run(connection);
                done.set(true);
                return result;
            });
        } catch (SQLException e) {
            if (!isBroken(e)) {
                throw e;
            }
            pool.getHikariPoolMXBean().softEvictConnections();
            if (done.get()) {
                throw e;
            }
            return transaction.run(work);
        }
    }

    /** Whether a connection that was there is no more; not whether none could be had. */
    private static boolean isBroken(SQLException e) {
        return isAway(e) && !(e instanceof SQLTransientConnectionException);
    }

    private <T> T once(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            }
        }
    }

    private static void rollBack(Connection connection, Exception reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /**
     * Runs the work in one read-only transaction in which every query sees the same state, and rolls back, whatever happens.
     */
    <T> T readOnly(Work<T> work) throws SQLException {
        return onLiveConnection(this::readOnlyOnce, work);
    }

    private <T> T readOnlyOnce(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            try {
                return work.run(connection);
            } finally {
                connection.rollback();
            }
        }
    }

    /** Asks the server for a sign of life, within two seconds, and whether the schema is there. */
    public void check() throws SQLException {
        aside(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("SELECT FROM actions LIMIT 0");
            }
        });
    }

    /** Runs the work, within two seconds, on a connection of its own: whatever the pool is busy with. */
    <T> T aside(Work<T> work) throws SQLException {
        // The pool would try for its whole timeout and then hide the reason.
        PGSimpleDataSource source = conf.dataSource(applicationName);
        source.setConnectTimeout(CHECK_TIMEOUT_SECONDS);
        source.setLoginTimeout(CHECK_TIMEOUT_SECONDS);
        source.setSocketTimeout(CHECK_TIMEOUT_SECONDS);
        try (Connection connection = source.getConnection()) {
            return work.run(connection);
        }
    }

    /**
     * The connections of the pool at the moment.
     *
     * @param waiting threads that wait for one
     * @param most as configured
     */
    public record Pool(int active, int idle, int waiting, int most) {}

    public Pool pool() {
        HikariPoolMXBean state = pool.getHikariPoolMXBean();
        return new Pool(
                state.getActiveConnections(),
                state.getIdleConnections(),
                state.getThreadsAwaitingConnection(),
                conf.maxConn());
    }

    /**
     * Whether the failure says that the database cannot be reached or does not take connections now, so that the same call
     * may succeed later; false for refused credentials and for anything wrong with the call itself.
     */
    public static boolean isAway(SQLException failure) {
        boolean away = false;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException e) {
                String state = Objects.requireNonNullElse(e.getSQLState(), "");
                if (state.startsWith("28") || state.startsWith("3D")) {
                    return false;
                }
                away |= e instanceof SQLTransientConnectionException || meansAway(state);
            }
        }
        return away;
    }

    /** Connection failures, shutdown and start of the server, too many connections. */
    private static boolean meansAway(String state) {
        return state.startsWith("08") || state.startsWith("57P0") || state.equals("53300");
    }

    private static boolean isConflict(SQLException e) {
        return "40001".equals(e.getSQLState()) || "40P01".equals(e.getSQLState());
    }

    /** Whether the role lacks a right. */
    public static boolean isPermissionDenied(SQLException e) {
        return "42501".equals(e.getSQLState());
    }

    static boolean isUniqueViolation(SQLException e) {
        return "23505".equals(e.getSQLState());
    }

    /** The largest number of connections, as configured. */
    public int maxConn() {
        return conf.maxConn();
    }

    @Override
    public void close() {
        pool.close();
    }
}
