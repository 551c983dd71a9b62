package ninja.mig.platform.testing;

import ninja.mig.platform.PostgresServer;

/**
 * An empty database, made for one test class and dropped after it. Roles belong to the server and are shared by all
 * databases of one JVM.
 */
public record FreshDatabase(PostgresServer server, String name) {
    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    public String superuser() {
        return server.superuser();
    }

    public String superuserPassword() {
        return server.superuserPassword();
    }
}
