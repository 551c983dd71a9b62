package ninja.mig.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresServerIT {
    private PrivateDirectory directory;

    @BeforeEach
    void makeDirectory() throws Exception {
        directory = PrivateDirectory.temporary("mig-postgres-it");
    }

    @AfterEach
    void deleteDirectory() throws Exception {
        directory.close();
    }

    @Test
    void keepsWhatWasCommittedThroughACrash() throws Exception {
        try (PostgresServer server = Servers.postgres(where(), Durability.FAST)) {
            execute(server, "CREATE TABLE t AS SELECT 42 AS answer");
            int port = server.port();

            server.crash();
            assertThrows(SQLException.class, () -> query(server, "SELECT 1"));
            server.start();

            assertEquals(port, server.port());
            assertEquals("42", query(server, "SELECT answer FROM t"));
        }
    }

    @Test
    void findsItsDataAgainInTheSameDirectory() throws Exception {
        try (PostgresServer server = Servers.postgres(where(), Durability.DURABLE)) {
            assertEquals("on", query(server, "SHOW fsync"));
            execute(server, "CREATE TABLE t AS SELECT 42 AS answer");
        }
        try (PostgresServer server = Servers.postgres(where(), Durability.DURABLE)) {
            assertEquals("42", query(server, "SELECT answer FROM t"));
        }
    }

    @Test
    void takesOverAServerThatAKilledRunLeft() throws Exception {
        PostgresServer left = Servers.postgres(where(), Durability.FAST);
        try (PostgresServer server = Servers.postgres(where(), Durability.FAST)) {
            assertEquals("1", query(server, "SELECT 1"));
            assertThrows(SQLException.class, () -> query(left, "SELECT 1"));
        }
    }

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        try (PostgresServer server = Servers.postgres(where(), Durability.FAST)) {
            SQLException refused = assertThrows(
                    SQLException.class,
                    () -> DriverManager.getConnection(server.jdbcUrl("postgres"), server.superuser(), "guess"));

            assertEquals("28P01", refused.getSQLState());
        }
    }

    @Test
    void stopsTwiceWithoutComplaint() throws Exception {
        PostgresServer server = Servers.postgres(where(), Durability.FAST);
        server.stop();
        server.stop();
        server.close();

        assertFalse(Loopback.listens(server.port()));
    }

    @Test
    void runsEmbeddedWhereNoneIsInstalled() throws Exception {
        try (PostgresServer server = Servers.embeddedPostgres(where(), Durability.FAST)) {
            assertTrue(server.description().endsWith("(embedded)"), server.description());
            execute(server, "CREATE TABLE t AS SELECT 42 AS answer");

            server.restart();

            assertEquals("42", query(server, "SELECT answer FROM t"));
        }
    }

    @Test
    void refusesTheDataOfAServerThatIsNotThere() throws Exception {
        Servers.postgres(where(), Durability.FAST).close();
        Files.writeString(where().resolve("data/PG_VERSION"), "9.6\n");

        Exception refused = assertThrows(Exception.class, () -> Servers.postgres(where(), Durability.FAST));

        assertTrue(refused.getMessage().contains("are those of PostgreSQL 9.6"), refused.getMessage());
    }

    private Path where() {
        return directory.path().resolve("postgres");
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertTrue(rows.next());
            return rows.getString(1);
        }
    }

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl("postgres"), server.superuser(), server.superuserPassword());
    }
}
