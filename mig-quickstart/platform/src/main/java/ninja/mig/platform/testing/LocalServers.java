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

    /**
     * A server and its directory; closed with the test plan, at the latest when the JVM ends. It is killed: in order it
     * would write down what is deleted next.
     */
    static final class Owned<T> implements AutoCloseable {
        private final T server;
        private final AutoCloseable end;
        private final PrivateDirectory directory;
        private final Thread atExit;
        private boolean closed;

        private Owned(T server, AutoCloseable end, PrivateDirectory directory) {
            this.server = server;
            this.end = end;
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
                    end.close();
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
            PostgresServer server = Servers.postgres(directory.path().resolve("postgres"), Durability.FAST);
            return new Owned<>(server, server::crash, directory);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    static Owned<AmqpBroker> broker() throws IOException {
        PrivateDirectory directory = PrivateDirectory.temporary("mig-test-broker");
        Map<BrokerUser, String> passwords = BrokerUser.randomPasswords();
        try {
            AmqpBroker server = Servers.broker(directory.path().resolve("broker"), passwords, Optional.empty());
            return new Owned<>(server, server::crash, directory);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }
}
