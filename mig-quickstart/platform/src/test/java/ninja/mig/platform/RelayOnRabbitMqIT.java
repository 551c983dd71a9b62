package ninja.mig.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import ninja.mig.platform.testing.RealRabbitMq;
import org.junit.jupiter.api.Assumptions;

@RealRabbitMq
class RelayOnRabbitMqIT extends RelayContract {
    @Override
    AmqpBroker start(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls) throws IOException {
        Assumptions.assumeTrue(
                Servers.hasRabbitMq(), "NOT RUN, needs a real RabbitMQ: apt-get install rabbitmq-server");
        return Servers.broker(directory, passwords, tls);
    }

    @Override
    boolean tellsOfDeletedQueues() {
        return true;
    }
}
