package ninja.mig.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.platform.testing.Await;

/**
 * Stops whoever makes a certain change in the database at the last moment before it is committed, and lets the test decide,
 * after it has killed that program, whether the commit had still come through.
 */
final class Gate implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String WAITING = "SELECT %s FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711"
            + " AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private final Site site;
    private final String name = "gate" + NUMBER.incrementAndGet();
    private final String table;
    private final Connection guard;

    /** @param change {@code UPDATE ON actions} */
    Gate(Site site, String change, String condition) throws SQLException {
        this.site = site;
        this.table = change.substring(change.indexOf(" ON ") + " ON ".length());
        this.guard = site.connect();
        run("SELECT pg_advisory_lock(4711)");
        run(
                "CREATE CONSTRAINT TRIGGER %s AFTER %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (%s) EXECUTE FUNCTION chaos.gate()"
                        .formatted(name, change, condition));
    }

    /** When an action comes into this status. */
    static Gate action(Site site, String status) throws SQLException {
        return new Gate(
                site,
                "UPDATE ON actions",
                "NEW.status = '%s' AND OLD.status IS DISTINCT FROM NEW.status".formatted(status));
    }

    /** When a command comes into this status. */
    static Gate command(Site site, String status) throws SQLException {
        return new Gate(
                site,
                "UPDATE ON commands",
                "NEW.status = '%s' AND OLD.status IS DISTINCT FROM NEW.status".formatted(status));
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = guard.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns once somebody stands before it. */
    void await() throws Exception {
        Await.until("somebody at the gate", LIMIT, () -> waiting() > 0);
    }

    private int waiting() throws SQLException {
        return site.number(WAITING.formatted("count(*)"));
    }

    /** What stood before it is committed. */
    void commit() throws Exception {
        run("SELECT pg_advisory_unlock(4711)");
        Await.until("the commit", LIMIT, () -> waiting() == 0);
        close();
    }

    /** What stood before it has never been. */
    void rollBack() throws Exception {
        run(WAITING.formatted("pg_terminate_backend(pid)"));
        Await.until("the rollback", LIMIT, () -> waiting() == 0);
        close();
    }

    /** Opens those that a test left behind. */
    static void closeAll(Site site) throws SQLException {
        site.execute("""
                SELECT pg_terminate_backend(pid) FROM pg_locks
                 WHERE locktype = 'advisory' AND objid = 4711 AND pid <> pg_backend_pid()
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
                DO $$
                DECLARE gate record;
                BEGIN
                    FOR gate IN SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger WHERE tgname LIKE 'gate%' LOOP
                        EXECUTE format('DROP TRIGGER %I ON %s', gate.tgname, gate.relation);
                    END LOOP;
                END $$;
                """);
    }

    /** Waits for the transactions that it has let through. */
    @Override
    public void close() throws SQLException {
        if (!guard.isClosed()) {
            run("DROP TRIGGER IF EXISTS %s ON %s".formatted(name, table));
            guard.close();
        }
    }
}
