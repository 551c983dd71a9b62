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
        throw new IllegalStateException("not there");
    }

    /**
     * @param directory for data, log and the broker's secrets; stays when the broker closes
     * @param passwords of every user
     */
    public static AmqpBroker broker(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls)
            throws IOException {
        throw new IllegalStateException("not there");
    }
}
