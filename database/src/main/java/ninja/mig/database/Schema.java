package ninja.mig.database;

import java.sql.SQLException;

/** Creates the roles, the database and its tables: {@code createlocaldb.sh} for machines without {@code psql}. */
public final class Schema {
    private Schema() {}

    /** Passwords of the three roles that log in. */
    public record Passwords(String migadmin, String migscheduler, String migapi) {
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
        throw new IllegalStateException("not there");
    }

    /** The statements of {@code schema.sql}. */
    public static String sql() {
        throw new IllegalStateException("not there");
    }
}
