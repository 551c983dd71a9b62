package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.model.MigId;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The admin of a remote database is no superuser: it owns the database and may create roles. */
@ExtendWith(MigServices.class)
class CreateRemoteDbIT {
    private static final String PASSWORD = "ad:min\\ pass#word";

    private final PostgresServer server;
    private Script script;

    CreateRemoteDbIT(@OwnServer PostgresServer server) {
        this.server = server;
    }

    @BeforeEach
    void startFromAnEmptyDatabase(@TempDir Path folder) throws Exception {
        script = Script.copy("createremotedb.sh", folder);
        asSuperuser("DROP DATABASE IF EXISTS mig");
        asSuperuser("DROP ROLE IF EXISTS migadmin, migscheduler, migapi, migreadonly");
        asSuperuser("CREATE ROLE migadmin LOGIN CREATEROLE PASSWORD '" + PASSWORD + "'");
        asSuperuser("CREATE DATABASE mig OWNER migadmin");
    }

    private void asSuperuser(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(
                        server.jdbcUrl("postgres"), server.superuser(), server.superuserPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Script.Outcome run(String password) throws Exception {
        script.edit("PGHOST", server.host());
        script.edit("PGPORT", server.port());
        script.edit("PGPASS", password);
        return script.run(Map.of());
    }

    @Test
    void createsUsersAndTablesAndKeepsThem() throws Exception {
        Script.Outcome first = run(PASSWORD);

        assertEquals(0, first.exit(), first.output());
        Matcher line = Pattern.compile(
                        "\ncreated users: migscheduler/([_A-Za-z0-9-]{32}) migapi/([_A-Za-z0-9-]{32})\n$")
                .matcher(first.output());
        assertTrue(line.find(), first.output());
        PostgresConf scheduler =
                new PostgresConf(server.host(), server.port(), "mig", "migscheduler", line.group(1), "disable", 2);

        Script.Outcome second = script.run(Map.of());

        assertEquals(0, second.exit(), second.output());
        assertEquals("kept user: migscheduler\nkept user: migapi\n", second.output());
        try (Database database = Database.open(scheduler, "mig-scheduler");
                Targets targets = new Targets(database)) {
            Samples.registered(database, Samples.heartbeats(2));
            assertEquals(2, targets.select("name like '%'").size());
            assertTrue(new Actions(database).byId(new MigId(1)).isEmpty());
        }
        DriverManager.getConnection(server.jdbcUrl("mig"), "migapi", line.group(2))
                .close();
        assertTrue(script.leftPasswordsAlone());
    }

    @Test
    void leavesTheAdminNoWayIntoTheTargetFunction() throws Exception {
        assertEquals(0, run(PASSWORD).exit());

        try (var connection = DriverManager.getConnection(server.jdbcUrl("mig"), "migadmin", PASSWORD);
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("""
                        SELECT proowner::regrole::text, has_schema_privilege('migreadonly', 'public', 'CREATE'),
                               pg_has_role('migapi', 'migreadonly', 'MEMBER'),
                               pg_has_role('migscheduler', 'migreadonly', 'MEMBER')
                          FROM pg_proc WHERE proname = 'mig_agents_by_target'
                        """)) {
            row.next();
            assertEquals("migreadonly", row.getString(1));
            assertFalse(row.getBoolean(2));
            assertFalse(row.getBoolean(3));
            assertFalse(row.getBoolean(4));
        }
    }

    @Test
    void refusesToRunUnedited() throws Exception {
        Script.Outcome outcome = script.run(Map.of());

        assertEquals(123, outcome.exit());
        assertTrue(outcome.output().contains("edit the variables"), outcome.output());
    }

    @Test
    void saysWhyItFails() throws Exception {
        Script.Outcome outcome = run("wrong");

        assertEquals(123, outcome.exit());
        assertTrue(outcome.output().contains("createremotedb.sh: cannot list the roles"), outcome.output());
        assertFalse(outcome.output().contains("created users"));
    }

    @Test
    void tellsThePasswordsEvenIfTheSchemaFails() throws Exception {
        Files.writeString(script.file().resolveSibling("schema.sql"), "SELECT nonsense;");

        Script.Outcome outcome = run(PASSWORD);

        assertEquals(123, outcome.exit());
        assertTrue(outcome.output().contains("created users: migscheduler/"), outcome.output());
    }
}
