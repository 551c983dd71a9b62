package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(MigServices.class)
class CreateLocalDbIT {
    private final PostgresServer server;
    private Script script;

    CreateLocalDbIT(@OwnServer PostgresServer server) {
        this.server = server;
    }

    @BeforeEach
    void startFromNothing(@TempDir Path folder) throws Exception {
        script = Script.copy("createlocaldb.sh", folder);
        try (var connection = DriverManager.getConnection(
                        server.jdbcUrl("postgres"), server.superuser(), server.superuserPassword());
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS mig");
            statement.execute("DROP ROLE IF EXISTS migadmin, migscheduler, migapi, migreadonly");
        }
    }

    private Script.Outcome run(String... arguments) throws IOException, InterruptedException {
        return script.run(
                Map.of(
                        "PGHOST", server.host(),
                        "PGPORT", Integer.toString(server.port()),
                        "PGUSER", server.superuser(),
                        "PGPASSWORD", server.superuserPassword()),
                arguments);
    }

    private void logIn(String user, String password) throws SQLException {
        DriverManager.getConnection(server.jdbcUrl("mig"), user, password).close();
    }

    @Test
    void createsRolesDatabaseAndTablesAndKeepsThem() throws Exception {
        Script.Outcome first = run();

        assertEquals(0, first.exit(), first.output());
        assertTrue(first.output().endsWith("MIG Database created successfully.\n"), first.output());
        Matcher passwords =
                Pattern.compile("created user: (mig\\w+)/([_A-Za-z0-9-]{32})\n").matcher(first.output());
        for (String role : new String[] {"migadmin", "migscheduler", "migapi"}) {
            assertTrue(passwords.find(), first.output());
            assertEquals(role, passwords.group(1));
            logIn(role, passwords.group(2));
        }

        Script.Outcome second = run();

        assertEquals(0, second.exit(), second.output());
        assertEquals(
                "kept user: migadmin\nkept user: migscheduler\nkept user: migapi\nMIG Database created successfully.\n",
                second.output());
        passwords.reset();
        assertTrue(passwords.find());
        logIn("migadmin", passwords.group(2));
        assertTrue(script.leftPasswordsAlone());
    }

    @Test
    void givesAllRolesTheGivenPassword() throws Exception {
        String password = "it's \\ \"odd\" $HOME %s";

        Script.Outcome outcome = run(password);

        assertEquals(0, outcome.exit(), outcome.output());
        assertDoesNotThrow(() -> logIn("migadmin", password));
        assertDoesNotThrow(() -> logIn("migapi", password));
    }

    @Test
    void saysWhyItFails() throws Exception {
        Files.writeString(script.file().resolveSibling("schema.sql"), "SELECT nonsense;");
        Script.Outcome outcome = run();

        assertEquals(123, outcome.exit());
        assertTrue(outcome.output().contains("createlocaldb.sh: cannot load "), outcome.output());
        assertFalse(outcome.output().contains("successfully"));
        assertEquals(123, run("one", "two").exit());
    }

    @Test
    void refusesWithoutASuperuser() throws Exception {
        Script.Outcome outcome = script.run(Map.of(
                "PGHOST",
                server.host(),
                "PGPORT",
                Integer.toString(server.port()),
                "PGUSER",
                "nobody",
                "PGPASSWORD",
                "x"));

        assertEquals(123, outcome.exit());
        assertTrue(outcome.output().contains("as a superuser"), outcome.output());
    }
}
