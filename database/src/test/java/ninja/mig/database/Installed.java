package ninja.mig.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import ninja.mig.database.Schema.Passwords;
import ninja.mig.platform.testing.FreshDatabase;

/** MIG's database as it is in production: the daemons' roles log in with passwords and have their grants, no more. */
record Installed(FreshDatabase fresh) {
    static final Passwords PASSWORDS = new Passwords("admin-password", "scheduler-password", "api-password");

    static Installed in(FreshDatabase fresh) throws SQLException {
        Installed installed = new Installed(fresh);
        installed.install();
        return installed;
    }

    void install() throws SQLException {
        Schema.install(conf("postgres", fresh.superuser(), fresh.superuserPassword(), 1), fresh.name(), PASSWORDS);
    }

    PostgresConf conf(String dbName, String user, String password, int maxConn) {
        return new PostgresConf(
                fresh.server().host(), fresh.server().port(), dbName, user, password, "disable", maxConn);
    }

    PostgresConf schedulerConf(int maxConn) {
        return conf(fresh.name(), "migscheduler", PASSWORDS.migscheduler(), maxConn);
    }

    PostgresConf apiConf(int maxConn) {
        return conf(fresh.name(), "migapi", PASSWORDS.migapi(), maxConn);
    }

    /** One connection: a method that keeps its connection makes the next one fail. */
    Database scheduler() throws SQLException {
        return Database.open(schedulerConf(1), "mig-scheduler");
    }

    Database api() throws SQLException {
        return Database.open(apiConf(1), "mig-api");
    }

    Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(fresh.jdbcUrl(), user, password);
    }

    /** Prepares and inspects; never what is tested. */
    void asSuperuser(String sql) throws SQLException {
        try (Connection connection = connect(fresh.superuser(), fresh.superuserPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row, as text. */
    String ask(String sql) throws SQLException {
        try (Connection connection = connect(fresh.superuser(), fresh.superuserPassword());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    void empty() throws SQLException {
        asSuperuser("TRUNCATE signatures, commands, actions, agents, agents_stats, investigators CASCADE");
    }
}
