package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(MigServices.class)
class SchemaIT {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final String EMPTY =
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC";

    private final Installed installed;

    SchemaIT(FreshDatabase fresh) {
        installed = new Installed(fresh);
    }

    @BeforeEach
    void install() throws SQLException {
        installed.asSuperuser(EMPTY);
        installed.install();
    }

    private String fingerprint() throws SQLException {
        return installed.ask("""
                SELECT string_agg(what, E'\\n' ORDER BY what) FROM (
                    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS what
                      FROM information_schema.columns WHERE table_schema = 'public'
                    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
                    UNION ALL SELECT relname || ' ' || relowner::regrole || ' ' || relacl::text
                      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
                    UNION ALL SELECT proname || ' ' || proowner::regrole || ' ' || proacl::text || ' ' || prosecdef
                      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                    UNION ALL SELECT nspname || ' ' || nspacl::text FROM pg_namespace WHERE nspname = 'public'
                    UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid)
                      FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS s
                """);
    }

    @Test
    void changesNothingTheSecondTime() throws SQLException {
        String first = fingerprint();

        installed.install();

        assertEquals(first, fingerprint());
    }

    @Test
    void upgradesADatabaseOfTheOriginalInPlace() throws Exception {
        String fresh = fingerprint();
        installed.asSuperuser(EMPTY);
        installed.asSuperuser(resource("/schema-2015.sql"));

        installed.install();
        installed.install();

        assertEquals(
                "1:offline 2:online 3:idle 4:offline",
                installed.ask("SELECT string_agg(id || ':' || status, ' ' ORDER BY id) FROM agents"));
        assertEquals("expired", installed.ask("SELECT status FROM commands WHERE id = 8"), "nobody waits for it");
        assertEquals("458815", installed.ask("SELECT min(permissions) FROM investigators"), "administrators");
        assertDoesNotThrow(
                () -> execute("migapi", Installed.PASSWORDS.migapi(), "UPDATE actions SET status = 'cancelled'"),
                "actions can be cancelled");
        assertEquals(
                "text",
                installed.ask("SELECT data_type FROM information_schema.columns WHERE column_name = 'pgpsignatures'"));
        assertEquals(fresh, fingerprint(), "as a new one");
        assertEquals("0", installed.ask("SELECT count(*) FROM pg_auth_members WHERE roleid = 'migreadonly'::regrole"));
    }

    @Test
    void readsWhatTheOriginalLeftEmpty() throws Exception {
        installed.asSuperuser(EMPTY);
        installed.asSuperuser(resource("/schema-2015.sql"));
        installed.install();

        try (Database database = installed.api()) {
            var command =
                    new Commands(database).byId(new ninja.mig.model.MigId(8)).orElseThrow();

            assertEquals("old", command.action().name());
            assertTrue(command.action().operations().isEmpty());
            assertEquals("a", command.agent().name());
            assertTrue(command.results().isEmpty());
        }
    }

    private static String resource(String name) throws Exception {
        try (InputStream in = SchemaIT.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT privatekey FROM investigators",
                "SELECT * FROM investigators",
                "INSERT INTO investigators (name, privatekey, status, createdat, lastmodified) VALUES ('x', '', 'active', now(), now())",
                "UPDATE investigators SET publickey = ''",
                "UPDATE investigators SET permissions = 458815",
                "UPDATE actions SET target = 'true'",
                "UPDATE actions SET operations = '[]'",
                "UPDATE actions SET pgpsignatures = '[]'",
                "UPDATE signatures SET pgpsignature = ''",
                "UPDATE commands SET status = 'success'",
                "UPDATE agents SET status = 'online'",
                "INSERT INTO commands (id, actionid, agentid, status, starttime) VALUES (1, 1, 1, 'sent', now())",
                "INSERT INTO agents_stats (timestamp) VALUES (now())",
                "DELETE FROM actions",
                "DELETE FROM signatures",
                "DELETE FROM investigators",
                "DELETE FROM agents_stats",
                "TRUNCATE actions",
                "CREATE TABLE t ()",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "SET ROLE migreadonly",
                "SET ROLE migscheduler",
                "ALTER FUNCTION mig_agents_by_target(text) SECURITY INVOKER",
                "DROP FUNCTION mig_agents_by_target(text)"
            })
    void refusesToTheApi(String sql) {
        assertRefused("migapi", Installed.PASSWORDS.migapi(), sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM actions",
                "DELETE FROM commands",
                "DELETE FROM agents",
                "DELETE FROM signatures",
                "DELETE FROM investigators",
                "UPDATE investigators SET status = 'active'",
                "UPDATE investigators SET privatekey = ''",
                "TRUNCATE agents_stats",
                "CREATE TABLE t ()",
                "DROP TABLE commands",
                "SET ROLE migreadonly",
                "SET ROLE migadmin",
                "ALTER FUNCTION mig_agents_by_target(text) SECURITY INVOKER"
            })
    void refusesToTheScheduler(String sql) {
        assertRefused("migscheduler", Installed.PASSWORDS.migscheduler(), sql);
    }

    private void assertRefused(String user, String password, String sql) {
        SQLException refusal = assertThrows(SQLException.class, () -> execute(user, password, sql));
        assertEquals(INSUFFICIENT_PRIVILEGE, refusal.getSQLState(), refusal.getMessage());
    }

    private void execute(String user, String password, String sql) throws SQLException {
        try (Connection connection = installed.connect(user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void letsTheRolesDoTheirWork() {
        assertDoesNotThrow(
                () -> execute("migapi", Installed.PASSWORDS.migapi(), "UPDATE actions SET status = 'cancelled'"));
        assertDoesNotThrow(
                () -> execute("migapi", Installed.PASSWORDS.migapi(), "SELECT name, publickey FROM investigators"));
        assertDoesNotThrow(() ->
                execute("migscheduler", Installed.PASSWORDS.migscheduler(), "SELECT privatekey FROM investigators"));
        assertDoesNotThrow(
                () -> execute("migscheduler", Installed.PASSWORDS.migscheduler(), "DELETE FROM agents_stats"));
    }

    @Test
    void keepsEverybodyElseFromTheTargetFunction() throws SQLException {
        assertEquals(
                "f",
                installed.ask("SELECT has_function_privilege('pg_monitor', 'mig_agents_by_target(text)', 'EXECUTE')"));
        assertEquals(
                "migreadonly",
                installed.ask("SELECT proowner::regrole FROM pg_proc WHERE proname = 'mig_agents_by_target'"));
        assertEquals("f", installed.ask("SELECT has_schema_privilege('migreadonly', 'public', 'CREATE')"));
        assertEquals("f", installed.ask("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'migreadonly'"));
    }

    @Test
    void givesEverythingToTheAdmin() throws SQLException {
        assertEquals("0", installed.ask("""
                        SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
                           AND relowner <> 'migadmin'::regrole
                        """));
        assertEquals(
                "migadmin",
                installed.ask("SELECT datdba::regrole FROM pg_database WHERE datname = current_database()"));
    }

    @Test
    void hidesPasswords() {
        assertFalse(Installed.PASSWORDS.toString().contains("password"));
        assertFalse(installed.apiConf(1).toString().contains(Installed.PASSWORDS.migapi()));
    }

    @Test
    void setsPasswordsThatThePreviousRunDidNotKnow() throws SQLException {
        assertTrue(installed
                .ask("SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'migapi'")
                .startsWith("SCRAM-SHA-256"));
    }
}
