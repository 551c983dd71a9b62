package ninja.mig.platform.testing;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.Durability;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.Servers;

/** Servers as processes of this machine, or embedded, in a directory that goes with them. */
final class LocalServers {
    private LocalServers() {}

    /** A server and its directory; closed with the test plan, at the latest when the JVM ends. */
    static final class Owned<T extends AutoCloseable> implements AutoCloseable {
        private final T server;
        private final PrivateDirectory directory;
        private final Thread atExit;
        private boolean closed;

        private Owned(T server, PrivateDirectory directory) {
            this.server = server;
            this.directory = directory;
            this.atExit = new Thread(this::closeAtExit, "stop " + server);
            Runtime.getRuntime().addShutdownHook(atExit);
        }

        T server() {
            return server;
        }

        private void closeAtExit() {
            try {
                stop();
            } catch (Exception e) { // nobody is left to throw it to
                System.err.println("could not stop " + server + ": " + e);
            }
        }

        private synchronized void stop() throws Exception {
            if (!closed) {
                closed = true;
                try {
                    server.close();
                } finally {
                    directory.close();
                }
            }
        }

        @Override
        public void close() throws Exception {
            Runtime.getRuntime().removeShutdownHook(atExit);
            stop();
        }
    }

    static Owned<PostgresServer> postgres() throws IOException {
        PrivateDirectory directory = PrivateDirectory.temporary("mig-test-postgres");
        try {
            return new Owned<>(Servers.postgres(directory.path().resolve("postgres"), Durability.FAST), directory);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    static Owned<AmqpBroker> broker() throws IOException {
        PrivateDirectory directory = PrivateDirectory.temporary("mig-test-broker");
        Map<BrokerUser, String> passwords = BrokerUser.randomPasswords();
        try {
            return new Owned<>(
                    Servers.broker(directory.path().resolve("broker"), passwords, Optional.empty()), directory);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }
}
