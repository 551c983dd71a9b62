package ninja.mig.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Starts the best server this machine has: its own programs as private instances, else embedded ones. */
public final class Servers {
    private Servers() {}

    /** @param directory for data and log; what an earlier run left there is used again, and it stays when the server closes */
    public static PostgresServer postgres(Path directory, Durability durability) throws IOException {
        return PrivatePostgres.start(directory, durability, false);
    }

    /**
     * @param directory for data, log and the broker's secrets; stays when the broker closes
     * @param passwords of every user
     */
    public static AmqpBroker broker(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls)
            throws IOException {
        Optional<Path> rabbitMq = PrivateRabbitMq.installed();
        return rabbitMq.isPresent()
                ? PrivateRabbitMq.start(rabbitMq.get(), directory, passwords, tls)
                : EmbeddedBroker.start(directory, passwords, tls);
    }

    /** As {@link #postgres}, on a machine that has none. */
    public static PostgresServer embeddedPostgres(Path directory, Durability durability) throws IOException {
        return PrivatePostgres.start(directory, durability, true);
    }

    /** As {@link #broker}, on a machine without RabbitMQ. */
    public static AmqpBroker embeddedBroker(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls)
            throws IOException {
        return EmbeddedBroker.start(directory, passwords, tls);
    }

    /** Users, virtual host and permissions as RabbitMQ imports them; contains the passwords. */
    public static String rabbitMqDefinitions(Map<BrokerUser, String> passwords) {
        return PrivateRabbitMq.definitions(passwords).toString();
    }

    /** Whether {@link #broker} will start RabbitMQ itself. */
    public static boolean hasRabbitMq() {
        return PrivateRabbitMq.installed().isPresent();
    }
}
