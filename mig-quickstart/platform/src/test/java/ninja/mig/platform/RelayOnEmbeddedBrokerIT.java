package ninja.mig.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class RelayOnEmbeddedBrokerIT extends RelayContract {
    @Override
    AmqpBroker start(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls) throws IOException {
        return Servers.embeddedBroker(directory, passwords, tls);
    }

    @Override
    boolean tellsOfDeletedQueues() {
        return false;
    }
}
