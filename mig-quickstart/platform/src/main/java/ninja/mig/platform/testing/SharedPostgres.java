package ninja.mig.platform.testing;

import ninja.mig.platform.PostgresServer;

/** A server that all tests of this JVM use, and that none of them may stop. */
record SharedPostgres(
        String host, int port, String superuser, String superuserPassword, String description, AutoCloseable owner)
        implements PostgresServer {

    static SharedPostgres of(PostgresServer server, AutoCloseable owner) {
        return new SharedPostgres(
                server.host(),
                server.port(),
                server.superuser(),
                server.superuserPassword(),
                server.description(),
                owner);
    }

    @Override
    public void stop() {
        throw refusal();
    }

    @Override
    public void crash() {
        throw refusal();
    }

    @Override
    public void start() {
        throw refusal();
    }

    @Override
    public void close() {
        throw refusal();
    }

    private static IllegalStateException refusal() {
        return new IllegalStateException("other tests use this PostgreSQL too: ask for an @OwnServer PostgresServer");
    }

    /** The password stays out of test reports. */
    @Override
    public String toString() {
        return description + " on " + host + ":" + port;
    }
}
