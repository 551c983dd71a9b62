package ninja.mig.platform;

import java.io.IOException;

/** A PostgreSQL server of which the caller is the superuser. */
public interface PostgresServer extends AutoCloseable {
    String host();

    int port();

    /** Login name of the superuser, who may create databases and roles. */
    String superuser();

    String superuserPassword();

    /** Which server this is, for people: {@code PostgreSQL 15.14 (/usr/lib/postgresql/15/bin)}. */
    String description();

    /** Stops in an orderly way; clients are cut off. */
    void stop() throws IOException;

    /** Stops as a power failure would, {@code pg_ctl stop -m immediate}: what was committed is there after {@link #start}. */
    void crash() throws IOException;

    /** Starts again after {@link #stop} or {@link #crash}, with the same port and data; returns once logins succeed. */
    void start() throws IOException;

    /** Stops the server; data stay where the caller gave a directory to keep. */
    @Override
    void close() throws IOException;

    default void restart() throws IOException {
        stop();
        start();
    }

    default String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }
}
