package ninja.mig.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerIT extends BrokerContract {
    @Override
    AmqpBroker start(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls) throws IOException {
        return Servers.embeddedBroker(directory, passwords, tls);
    }

    @Test
    void startsAgainOnItsPort() throws Exception {
        Path other = PrivateDirectory.temporary("mig-broker-it").path();
        try (AmqpBroker second =
                Servers.embeddedBroker(other.resolve("broker"), BrokerUser.randomPasswords(), Optional.empty())) {
            int port = second.port();
            second.stop();
            assertFalse(Loopback.listens(port));

            second.start();

            assertEquals(port, second.port());
        }
        PrivateDirectory.delete(other);
    }

    @Test
    void refusesAnAgentTheQueueOfAnotherKind() throws Exception {
        Connection agent = connect(BrokerUser.AGENT);
        assertRefused(
                agent, () -> agent.createChannel().queueDeclare("migevent.worker.x", true, false, false, Map.of()));
    }
}
