package ninja.mig.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/** Creates the roles, the database and its tables: {@code createlocaldb.sh} for machines without {@code psql}. */
public final class Schema {
    private static final String PROGRAM = "mig-schema";

    /** Roles belong to the whole server: one installation at a time. */
    private static final long LOCK = 7_235_948;

    private Schema() {}

    /** Passwords of the three roles that log in. */
    public record Passwords(String migadmin, String migscheduler, String migapi) {
        Map<String, String> byRole() {
            Map<String, String> passwords = new LinkedHashMap<>();
            passwords.put("migadmin", migadmin);
            passwords.put("migscheduler", migscheduler);
            passwords.put("migapi", migapi);
            return passwords;
        }

        @Override
        public String toString() {
            return "Passwords[***]";
        }
    }

    /**
     * Creates what is missing and upgrades what is old; may run again at any time. The roles have these passwords
     * afterwards.
     *
     * @param superuser connects to any existing database of the server as a superuser
     * @param database name of MIG's database
     */
    public static void install(PostgresConf superuser, String database, Passwords passwords) throws SQLException {
        try (Connection connection = superuser.dataSource(PROGRAM).getConnection()) {
            Statements.first(connection, row -> true, "SELECT pg_advisory_lock(?)", LOCK);
            for (Map.Entry<String, String> role : passwords.byRole().entrySet()) {
                createRole(connection, role.getKey(), role.getValue());
            }
            createDatabase(connection, database);
            load(superuser.withDbName(database));
        }
    }

    private static void createRole(Connection connection, String role, String password) throws SQLException {
        if (!exists(connection, "SELECT FROM pg_roles WHERE rolname = ?", role)) {
            execute(
                    connection,
                    "CREATE ROLE " + quoted(connection, role) + " NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN");
        }
        // Hashed on this side, so that no log of the server can contain it.
        connection.unwrap(PGConnection.class).alterUserPassword(role, password.toCharArray(), "scram-sha-256");
    }

    private static void createDatabase(Connection connection, String database) throws SQLException {
        if (!exists(connection, "SELECT FROM pg_database WHERE datname = ?", database)) {
            execute(
                    connection,
                    "CREATE DATABASE " + quoted(connection, database) + " ENCODING 'UTF8' TEMPLATE template0");
        }
        execute(connection, "ALTER DATABASE " + quoted(connection, database) + " OWNER TO migadmin");
    }

    private static boolean exists(Connection connection, String sql, String name) throws SQLException {
        return Statements.first(connection, row -> true, sql, name).isPresent();
    }

    private static String quoted(Connection connection, String name) throws SQLException {
        return connection.unwrap(PGConnection.class).escapeIdentifier(name);
    }

    private static void load(PostgresConf conf) throws SQLException {
        PGSimpleDataSource source = conf.dataSource(PROGRAM);
        // The script goes to the server in one piece, as psql sends it.
        source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        try (Connection connection = source.getConnection()) {
            execute(connection, sql());
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The statements of {@code schema.sql}. */
    public static String sql() {
        try (InputStream in = Schema.class.getResourceAsStream("schema.sql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read schema.sql from this program", e);
        }
    }
}
