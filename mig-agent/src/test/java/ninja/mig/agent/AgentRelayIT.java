package ninja.mig.agent;

import static ninja.mig.agent.Investigation.operation;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerTls;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.Servers;
import ninja.mig.platform.TinyProxy;
import ninja.mig.platform.testing.RealProxy;
import ninja.mig.platform.testing.RealRabbitMq;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped agent on its way to a RabbitMQ that demands a certificate, with and without a real proxy between them. */
@RealRabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class AgentRelayIT {
    private static final String LOGIN = "mig:secret";

    private final Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private PrivateDirectory directory;
    private AmqpBroker broker;
    private Closer closer;
    private SchedulerSide scheduler;

    @TempDir
    Path folder;

    @BeforeAll
    void startBroker() throws Exception {
        Assumptions.assumeTrue(
                Servers.hasRabbitMq(), "NOT RUN, needs a real RabbitMQ: apt-get install rabbitmq-server");
        directory = PrivateDirectory.temporary("mig-agent-relay-it");
        broker = Servers.broker(
                directory.path().resolve("broker"),
                BrokerUser.randomPasswords(),
                Optional.of(new BrokerTls(pem("ca.crt"), pem("relay.crt"), pem("relay.key"))));
    }

    @AfterAll
    void stopBroker() throws Exception {
        broker.crash();
        directory.close();
    }

    @BeforeEach
    void open() throws Exception {
        closer = new Closer();
        scheduler = closer.register(new SchedulerSide(broker));
    }

    @AfterEach
    void stop() throws Exception {
        closer.close();
    }

    private static Path pem(String name) {
        return Path.of("src/test/resources/tls", name).toAbsolutePath();
    }

    private String uri(String scheme, String host, int port) {
        return scheme + "://agent:" + broker.password(BrokerUser.AGENT) + "@" + host + ":" + port + "/"
                + broker.vhost();
    }

    private static String conf(String relay) {
        return "[agent]\nrelay = \"" + relay + "\"\nheartbeatfreq = 30s\nisimmortal = on\n[logging]\nlevel = debug\n";
    }

    private static String certs(String ca, String certificate, String key) {
        return "[certs]\nca = \"" + pem(ca) + "\"\n"
                + (certificate.isEmpty() ? "" : "cert = \"" + pem(certificate) + "\"\nkey = \"" + pem(key) + "\"\n");
    }

    private static String certs() {
        return certs("ca.crt", "agent.crt", "agent.key");
    }

    private ShippedAgent start(String conf) throws IOException {
        return closer.register(ShippedAgent.start(folder, conf));
    }

    private ShippedAgent start(List<String> proxies, String conf, Map<String, String> environment) throws Exception {
        return closer.register(ShippedAgent.start(ShippedAgent.baked(folder, it, proxies), folder, conf, environment));
    }

    private TinyProxy proxy(Optional<String> login) throws IOException {
        return closer.register(TinyProxy.start(folder.resolve("proxy"), login, Firewall.PROXY));
    }

    private Firewall firewall(int port) throws IOException {
        return closer.register(new Firewall(broker.host(), port));
    }

    private int tlsPort() {
        return broker.tlsPort().orElseThrow();
    }

    /** The first of this very agent: an earlier one may have left some. */
    private JsonNode heartbeat(ShippedAgent agent) throws InterruptedException {
        JsonNode heartbeat = scheduler.heartbeat();
        while (heartbeat.get("pid").longValue() != agent.pid()) {
            heartbeat = scheduler.heartbeat();
        }
        return heartbeat;
    }

    /** Sends a command and has its answer. */
    private void assertAnswers(JsonNode heartbeat, long id) throws Exception {
        Files.writeString(folder.resolve("needle"), "x");
        String parameters = "{\"searches\":{\"s\":{\"paths\":[\"" + folder + "\"],\"names\":[\"^needle$\"]}}}";
        scheduler.send(
                heartbeat.get("queueloc").textValue(),
                it.command(id, it.signed(it.draft(operation("file", parameters)), it.bob)));
        JsonNode answer = scheduler.resultTree();
        assertEquals(id, answer.get("id").longValue());
        assertTrue(answer.get("results").get(0).get("foundanything").booleanValue(), answer::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent.key", "agent-pkcs1.key"})
    void worksOverTls(String key) throws Exception {
        String conf = conf(uri("amqps", "localhost", tlsPort())) + certs("ca.crt", "agent.crt", key);
        ShippedAgent agent = start(List.of(), conf, Map.of());

        JsonNode heartbeat = heartbeat(agent);
        assertFalse(heartbeat.get("environment").get("isproxied").booleanValue());
        assertAnswers(heartbeat, 1);
        agent.awaitLine("AMQP connection opened: amqps://agent@localhost:" + tlsPort() + "/mig");
        assertFalse(agent.log().contains(broker.password(BrokerUser.AGENT)));
    }

    @Test
    void getsPastAMessageThatIsLargerThanItsMemory() throws Exception {
        ShippedAgent agent = start(List.of(), conf(uri("amqp", "127.0.0.1", broker.port())), Map.of());
        JsonNode heartbeat = heartbeat(agent);

        scheduler.send(heartbeat.get("queueloc").textValue(), new byte[80 << 20]);

        assertAnswers(heartbeat, 3);
        agent.awaitLine("the body of a message is dropped: it has 83886080 bytes, more than 16777216");
        assertEquals(1, agent.lines("AMQP connection opened").size(), agent.log());
        assertFalse(agent.log().contains("OutOfMemory"), agent.log());
    }

    @ParameterizedTest
    @CsvSource({"amqps, ''", "amqps, " + LOGIN, "amqp, " + LOGIN})
    @RealProxy
    void takesTheBuiltInProxiesWhenNothingElseHelps(String scheme, String login) throws Exception {
        Firewall firewall = firewall(scheme.equals("amqps") ? tlsPort() : broker.port());
        TinyProxy proxy = proxy(Optional.of(login).filter(text -> !text.isEmpty()));
        String working = (login.isEmpty() ? "" : "http://" + login + "@") + proxy.host() + ":" + proxy.port();
        ShippedAgent agent = start(
                List.of("127.0.0.1:1", working), conf(uri(scheme, "localhost", firewall.port())) + certs(), Map.of());

        JsonNode heartbeat = heartbeat(agent);
        JsonNode environment = heartbeat.get("environment");
        assertTrue(environment.get("isproxied").booleanValue());
        assertEquals(proxy.host() + ":" + proxy.port(), environment.get("proxy").textValue());
        assertAnswers(heartbeat, 2);
        assertEquals(1, firewall.refused(), "the direct way comes first");
        assertEquals(1, firewall.admitted());
        agent.awaitLine(" through " + proxy.host() + ":" + proxy.port());
        assertFalse(agent.log().contains("secret"), agent.log());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_PROXY", "http_proxy"})
    @RealProxy
    void takesTheProxyOfItsEnvironment(String variable) throws Exception {
        Firewall firewall = firewall(broker.port());
        TinyProxy proxy = proxy(Optional.of(LOGIN));
        // This machine, by an address for which the environment is asked.
        ShippedAgent agent = start(
                List.of("127.0.0.1:1"),
                conf(uri("amqp", "0.0.0.0", firewall.port())),
                Map.of(variable, "http://" + LOGIN + "@" + proxy.host() + ":" + proxy.port() + "/"));

        JsonNode environment = heartbeat(agent).get("environment");
        assertEquals(proxy.host() + ":" + proxy.port(), environment.get("proxy").textValue());
        assertEquals(1, firewall.refused(), "the direct way comes first");
    }

    @Test
    @RealProxy
    void saysWhatAProxyHasAgainstIt() throws Exception {
        Firewall firewall = firewall(tlsPort());
        TinyProxy proxy = proxy(Optional.of(LOGIN));
        ShippedAgent agent = start(
                List.of("http://mig:wrong@" + proxy.host() + ":" + proxy.port(), proxy.host() + ":" + proxy.port()),
                conf(uri("amqps", "localhost", firewall.port())) + certs(),
                Map.of());

        agent.awaitLine("will be tried again");
        String line = agent.lines("will be tried again").get(0);
        assertTrue(line.contains("refused the tunnel to localhost:" + firewall.port() + ": HTTP/1.0 401"), line);
        assertTrue(line.contains("refused the tunnel to localhost:" + firewall.port() + ": HTTP/1.0 407"), line);
        assertFalse(line.contains("wrong"), line);
        assertEquals(0, firewall.admitted());
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, ca.crt, 'the certificate of the relay is not for 127.0.0.1'",
        "localhost, other-ca.crt, 'the certificate of the relay is not signed by a CA of cacert'",
    })
    @RealProxy
    void checksTheRelayBehindAProxyToo(String host, String ca, String reason) throws Exception {
        Firewall firewall = firewall(tlsPort());
        TinyProxy proxy = proxy(Optional.empty());
        ShippedAgent agent = start(
                List.of(proxy.host() + ":" + proxy.port()),
                conf(uri("amqps", host, firewall.port())) + certs(ca, "agent.crt", "agent.key"),
                Map.of());

        agent.awaitLine("will be tried again");
        String line = agent.lines("will be tried again").get(0);
        assertTrue(line.contains(" through " + proxy.host() + ":" + proxy.port() + ": " + reason), line);
        assertEquals(1, firewall.admitted());
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, other-ca.crt, agent.crt, 'the certificate of the relay is not signed by a CA of cacert'",
        "127.0.0.1, ca.crt, agent.crt, 'the certificate of the relay is not for 127.0.0.1'",
        "localhost, ca.crt, agent-expired.crt, 'refuses our certificate, which expired at 2021-01-01T00:00:00Z'",
        "localhost, ca.crt, agent-stranger.crt, 'refuses our certificate'",
        "localhost, ca.crt, '', '(no certificate is configured)'",
    })
    void saysWhyTheRelayAndItDoNotTrustEachOther(String host, String ca, String certificate, String reason)
            throws Exception {
        ShippedAgent agent = start(conf(uri("amqps", host, tlsPort())) + certs(ca, certificate, "agent.key"));

        assertTriesAgain(agent, reason);
    }

    @ParameterizedTest
    @CsvSource({
        "relay-expired.crt, 'the certificate of the relay has expired'",
        "relay-future.crt, 'the certificate of the relay is not valid yet, perhaps the clock here is wrong'",
        "agent.crt, 'the certificate of the relay is refused: Extended key usage'",
    })
    void saysWhatIsWrongWithTheCertificateOfTheRelay(String certificate, String reason) throws Exception {
        Path key = pem(certificate.replaceAll("(-.*)?\\.crt$", ".key"));
        TlsServer server = closer.register(new TlsServer(pem("ca.crt"), pem(certificate), key));

        assertTriesAgain(start(conf(uri("amqps", "localhost", server.port())) + certs()), reason);
    }

    @Test
    void saysThatAPortHasNoTls() throws Exception {
        assertTriesAgain(
                start(conf(uri("amqps", "localhost", broker.port())) + certs()),
                "the relay does not speak TLS on this port");
    }

    @Test
    void saysThatAPortWantsTls() throws Exception {
        assertTriesAgain(
                start(conf(uri("amqp", "localhost", tlsPort()))),
                "what answers does not speak AMQP, perhaps this port wants TLS");
    }

    @Test
    void saysThatTheRelayRefusesItsPassword() throws Exception {
        String relay = uri("amqps", "localhost", tlsPort()).replace(broker.password(BrokerUser.AGENT), "guessed");

        ShippedAgent agent = start(conf(relay) + certs());

        assertTriesAgain(agent, "ACCESS_REFUSED");
        assertFalse(agent.log().contains("guessed"), agent.log());
    }

    /** One line that names relay and reason, no stack, and the agent lives. */
    private static void assertTriesAgain(ShippedAgent agent, String reason) throws Exception {
        agent.awaitLine("the relay cannot be reached, will be tried again: cannot connect to relay amqp");
        List<String> lines = agent.lines("cannot connect to relay");
        assertEquals(1, lines.size(), agent.log());
        assertTrue(lines.get(0).contains("[warning]") && lines.get(0).contains(reason), lines.get(0));
        assertFalse(agent.log().contains(" | ") || agent.log().contains("\tat "), agent.log());
    }

    @Test
    void leavesTheRelayAloneBetweenItsAttempts() throws Exception {
        try (ServerSocket nobody = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            nobody.setSoTimeout(30_000);
            ShippedAgent agent = start(conf(uri("amqp", "127.0.0.1", nobody.getLocalPort())));

            hangUp(nobody);
            long first = System.nanoTime();
            hangUp(nobody);
            long second = System.nanoTime();

            assertTrue(second - first > 3_500_000_000L, "again after " + (second - first) / 1_000_000 + " ms");
            agent.awaitLine("[debug] the relay cannot be reached");
            assertEquals(1, agent.lines("will be tried again").size(), "the same reason is not told again");
        }
    }

    /** After AMQP's first words, so that it is the same failure each time. */
    private static void hangUp(ServerSocket server) throws IOException {
        try (Socket client = server.accept()) {
            assertEquals(8, client.getInputStream().readNBytes(8).length);
        }
    }
}
