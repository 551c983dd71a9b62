package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.model.MigId;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MigServices.class)
class DatabaseIT {
    private final Installed installed;

    DatabaseIT(@OwnServer FreshDatabase fresh) throws SQLException {
        installed = Installed.in(fresh);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void refusesAnUnknownDatabaseAtOnce() {
        PostgresConf conf = installed.conf("nowhere", "migapi", Installed.PASSWORDS.migapi(), 1);

        SQLException refusal = assertThrows(SQLException.class, () -> Database.open(conf, "mig-api"));

        assertFalse(Database.isAway(refusal), refusal.toString());
    }

    @Test
    void startsBeforeItsDatabaseAndOutlivesACrash() throws Exception {
        installed.fresh().server().stop();
        SQLException away = assertThrows(SQLException.class, () -> Database.open(installed.apiConf(1), "mig-api"));
        assertTrue(Database.isAway(away), away.toString());
        try (Database database = Database.openLazily(installed.apiConf(2), "mig-api")) {
            installed.fresh().server().start();
            database.check();

            installed.fresh().server().crash();
            SQLException lost = assertThrows(SQLException.class, database::check);
            assertTrue(Database.isAway(lost), lost.toString());

            installed.fresh().server().start();
            database.check();
            assertTrue(new Actions(database).byId(new MigId(1)).isEmpty());
        }
    }

    @Test
    void keepsNoPlanThatWasMadeForASmallTable() throws Exception {
        try (Database database = Database.open(installed.apiConf(1), "mig-api")) {
            Actions actions = new Actions(database);
            for (int i = 0; i < 20; i++) {
                actions.byId(new MigId(1));
            }

            List<String> plans = database.inTransaction(
                    connection -> Statements.list(connection, row -> row.getString("plans"), """
                    SELECT (generic_plans > 0) || ', ' || (custom_plans > 0) AS plans FROM pg_prepared_statements
                     WHERE statement LIKE '%FROM actions%'
                    """));

            assertEquals(List.of("false, true"), plans, "generic, custom");
        }
    }

    @Test
    void failsNobodyAfterAnOutageThatIsOver() throws Exception {
        try (Database database = Database.open(installed.apiConf(2), "mig-api");
                Targets targets = new Targets(database)) {
            fillPool(database);
            targets.select("name='nobody'");

            installed.fresh().server().restart();

            // At once, when the pool still takes its connections for alive.
            fillPool(database);
            assertEquals(List.of(), targets.select("name='nobody'"));
        }
    }

    private static void fillPool(Database database) throws SQLException {
        database.inTransaction(outer -> {
            execute(outer, "SELECT 1");
            return database.inTransaction(inner -> {
                execute(inner, "SELECT 1");
                return true;
            });
        });
    }

    @Test
    void doesNotRepeatWhatMayBeCommitted() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (Database database = installed.scheduler()) {
            SQLException lost = assertThrows(
                    SQLException.class,
                    () -> database.inTransaction(connection -> {
                        runs.incrementAndGet();
                        connection.abort(Runnable::run);
                        return true;
                    }));
            assertTrue(Database.isAway(lost), lost.toString());
        }
        assertEquals(1, runs.get());
    }

    @Test
    void triesADeadlockAgain() throws Exception {
        installed.asSuperuser("""
                INSERT INTO agents (id, name, queueloc, mode, version, pid, starttime, heartbeattime, status)
                SELECT i, 'n', 'linux.dead.' || i, '', '', i, now(), now(), 'online' FROM generate_series(1, 2) AS i
                """);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        AtomicInteger runs = new AtomicInteger();
        try (Database database = Database.open(installed.schedulerConf(2), "mig-scheduler")) {
            Future<Boolean> one = threads.submit(() -> update(database, "1", "2", bothHoldOne, runs));
            Future<Boolean> two = threads.submit(() -> update(database, "2", "1", bothHoldOne, runs));

            assertTrue(one.get(30, TimeUnit.SECONDS) && two.get(30, TimeUnit.SECONDS));
            assertTrue(runs.get() >= 3);
            assertEquals("nxx", installed.ask("SELECT min(name) FROM agents WHERE pid < 3"));
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean update(
            Database database, String first, String second, CyclicBarrier bothHoldOne, AtomicInteger runs)
            throws SQLException {
        AtomicInteger mine = new AtomicInteger();
        return database.inTransaction(connection -> {
            runs.incrementAndGet();
            execute(connection, "UPDATE agents SET name = name || 'x' WHERE id = " + first);
            if (mine.incrementAndGet() == 1) {
                try {
                    bothHoldOne.await(20, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            execute(connection, "UPDATE agents SET name = name || 'x' WHERE id = " + second);
            return true;
        });
    }

    @Test
    void givesUpAfterThreeMoreTries() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (Database database = installed.scheduler()) {
            SQLException conflict = assertThrows(
                    SQLException.class,
                    () -> database.inTransaction(connection -> {
                        runs.incrementAndGet();
                        throw new SQLException("conflict", "40001");
                    }));
            assertEquals("conflict", conflict.getMessage());
        }
        assertEquals(4, runs.get());
    }

    @Test
    void rollsBackAfterAnException() throws Exception {
        try (Database database = installed.scheduler()) {
            assertThrows(
                    IllegalStateException.class,
                    () -> database.inTransaction(connection -> {
                        execute(connection, "INSERT INTO agents_stats (timestamp) VALUES (now())");
                        throw new IllegalStateException("stop");
                    }));
        }
        assertEquals("0", installed.ask("SELECT count(*) FROM agents_stats"));
    }

    @Test
    void namesItselfAndLimitsStatements() throws Exception {
        try (Database database = installed.scheduler()) {
            String settings = database.inTransaction(connection ->
                    Statements.first(connection, row -> row.getString(1), """
                            SELECT current_setting('application_name') || ' ' || current_setting('statement_timeout')
                                   || ' ' || current_setting('TimeZone')
                            """).orElseThrow());
            assertEquals("mig-scheduler 1min UTC", settings);
        }
    }
}
