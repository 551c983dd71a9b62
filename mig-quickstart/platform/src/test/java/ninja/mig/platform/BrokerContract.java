package ninja.mig.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import ninja.mig.relay.PemTls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What MIG relies on, of every broker. The names are those of the platform. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrokerContract {
    static final String AGENT_QUEUE = "mig.agt.linux.host.example.net.58b3mndjmbb00";

    private final Map<BrokerUser, String> passwords = BrokerUser.randomPasswords();
    private PrivateDirectory directory;
    AmqpBroker broker;

    abstract AmqpBroker start(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls)
            throws IOException;

    @BeforeAll
    void startBroker() throws Exception {
        directory = PrivateDirectory.temporary("mig-broker-it");
        broker = start(
                directory.path().resolve("broker"),
                passwords,
                Optional.of(new BrokerTls(pem("ca.crt"), pem("rsa.crt"), pem("rsa.key"))));
        try (Connection scheduler = connect(BrokerUser.SCHEDULER)) {
            Channel channel = scheduler.createChannel();
            channel.exchangeDeclare("mig", "topic", true);
            channel.exchangeDeclare("migevent", "topic", true);
            channel.queueDeclare("mig.agt.heartbeats", true, false, false, Map.of());
            channel.queueBind("mig.agt.heartbeats", "mig", "mig.agt.heartbeats");
        }
    }

    @AfterAll
    void stopBroker() throws Exception {
        broker.crash();
        directory.close();
    }

    @Test
    void carriesAHeartbeatFromAnAgentToTheScheduler() throws Exception {
        try (Connection agent = connect(BrokerUser.AGENT);
                Connection scheduler = connect(BrokerUser.SCHEDULER)) {
            publish(agent, "mig", "mig.agt.heartbeats", "alive");

            assertEquals("alive", take(scheduler, "mig.agt.heartbeats"));
        }
    }

    @Test
    void carriesACommandFromTheSchedulerToAnAgent() throws Exception {
        try (Connection agent = connect(BrokerUser.AGENT);
                Connection scheduler = connect(BrokerUser.SCHEDULER)) {
            Channel channel = agent.createChannel();
            channel.queueDeclare(AGENT_QUEUE, true, false, false, Map.of());
            channel.queueBind(AGENT_QUEUE, "mig", AGENT_QUEUE);
            publish(scheduler, "mig", AGENT_QUEUE, "search");

            assertEquals("search", take(agent, AGENT_QUEUE));
        }
    }

    @Test
    void carriesAnEventFromTheSchedulerToAWorker() throws Exception {
        try (Connection worker = connect(BrokerUser.WORKER);
                Connection scheduler = connect(BrokerUser.SCHEDULER)) {
            Channel channel = worker.createChannel();
            channel.queueDeclare("migevent.worker.test", true, false, false, Map.of());
            channel.queueBind("migevent.worker.test", "migevent", "agent.new");
            publish(scheduler, "migevent", "agent.new", "welcome");

            assertEquals("welcome", take(worker, "migevent.worker.test"));
        }
    }

    @Test
    void refusesAnAgentTheHeartbeatsOfOthers() throws Exception {
        Connection agent = connect(BrokerUser.AGENT);
        assertRefused(agent, () -> agent.createChannel().basicGet("mig.agt.heartbeats", true));
    }

    @Test
    void refusesAWrongPassword() {
        assertThrows(PossibleAuthenticationFailureException.class, () -> connect(broker, "agent", "guess"));
    }

    @Test
    void refusesTheGuest() {
        assertThrows(PossibleAuthenticationFailureException.class, () -> connect(broker, "guest", "guest"));
    }

    @Test
    void servesTlsToClientsWithACertificate() throws Exception {
        PemTls tls = PemTls.of(
                Files.readString(pem("ca.crt")),
                Optional.of(Files.readString(pem("ec.crt"))),
                Optional.of(Files.readString(pem("ec.key"))));
        try (Connection connection = connectTls(tls)) {
            assertTrue(connection.isOpen());
        }
    }

    @Test
    void refusesTlsClientsWithoutACertificate() throws Exception {
        PemTls tls = PemTls.of(Files.readString(pem("ca.crt")), Optional.empty(), Optional.empty());
        assertThrows(IOException.class, () -> connectTls(tls));
    }

    private static Path pem(String name) {
        return Path.of("src/test/resources/tls", name).toAbsolutePath();
    }

    private Connection connectTls(PemTls tls) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri("amqps://agent@" + broker.host() + ":" + broker.tlsPort().orElseThrow() + "/" + broker.vhost());
        factory.setPassword(broker.password(BrokerUser.AGENT));
        factory.setAutomaticRecoveryEnabled(false);
        factory.useSslProtocol(tls.context());
        factory.enableHostnameVerification();
        return factory.newConnection();
    }

    interface Attempt {
        void make() throws Exception;
    }

    /** RabbitMQ closes the channel, Qpid the connection; a refused publication shows at its confirm. */
    static void assertRefused(Connection connection, Attempt attempt) {
        Exception refused = assertThrows(Exception.class, attempt::make);
        connection.abort();
        ShutdownSignalException signal = assertInstanceOf(
                ShutdownSignalException.class,
                refused instanceof ShutdownSignalException ? refused : refused.getCause());
        String reason = signal.getReason().toString();
        assertTrue(reason.contains("reply-code=403") || reason.contains("reply-code=530"), reason);
    }

    Connection connect(BrokerUser user) throws Exception {
        return connect(broker, user);
    }

    static Connection connect(AmqpBroker broker, BrokerUser user) throws Exception {
        return connect(broker, user.loginName(), broker.password(user));
    }

    private static Connection connect(AmqpBroker broker, String user, String password) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setVirtualHost(broker.vhost());
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    static void publish(Connection connection, String exchange, String key, String text) throws Exception {
        try (Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.basicPublish(
                    exchange,
                    key,
                    true,
                    MessageProperties.PERSISTENT_TEXT_PLAIN,
                    text.getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        }
    }

    static String take(Connection connection, String queue) throws Exception {
        try (Channel channel = connection.createChannel()) {
            GetResponse response =
                    Optional.ofNullable(channel.basicGet(queue, true)).orElseThrow();
            assertFalse(response.getEnvelope().isRedeliver());
            return new String(response.getBody(), StandardCharsets.UTF_8);
        }
    }
}
