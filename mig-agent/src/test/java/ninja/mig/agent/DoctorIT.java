package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerTls;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.Servers;
import ninja.mig.platform.testing.RealRabbitMq;
import ninja.mig.relay.AmqpUri;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.RelayConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A doctor and a RabbitMQ that demands certificates, with the users and permissions of the deployment guide. */
@RealRabbitMq
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorIT {
    @TempDir
    Path directory;

    private final Investigation it = new Investigation(Instant.now());
    private PrivateDirectory brokerDirectory;
    private AmqpBroker broker;
    private Examination examination;

    @BeforeAll
    void startBroker() throws Exception {
        Assumptions.assumeTrue(
                Servers.hasRabbitMq(), "NOT RUN, needs a real RabbitMQ: apt-get install rabbitmq-server");
        brokerDirectory = PrivateDirectory.temporary("mig-doctor-it");
        broker = Servers.broker(
                brokerDirectory.path(),
                BrokerUser.randomPasswords(),
                Optional.of(new BrokerTls(pem("ca.crt"), pem("relay.crt"), pem("relay.key"))));
    }

    @AfterAll
    void stopBroker() throws Exception {
        if (broker != null) {
            broker.crash();
            brokerDirectory.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        try (SchedulerSide scheduler = new SchedulerSide(broker)) {
            assertEquals(0, scheduler.waitingResults());
        }
        deleteQueue();
        examination = new Examination(directory, it, Clock.systemUTC());
        examination.giveIdentity();
    }

    /** The certificates of the scheduler's tests: the relay's is for localhost. */
    private static Path pem(String name) {
        return Path.of("../mig-scheduler/src/test/resources/tls", name)
                .toAbsolutePath()
                .normalize();
    }

    private String plain(String user, String password, int port, String vhost) {
        return "[agent]\nrelay = amqp://" + user + ":" + password + "@127.0.0.1:" + port + "/" + vhost + "\n";
    }

    private String plain() {
        return plain("agent", broker.password(BrokerUser.AGENT), broker.port(), broker.vhost());
    }

    private String tls(String host, int port, String ca, String certificate) {
        return "[agent]\nrelay = amqps://agent:" + broker.password(BrokerUser.AGENT) + "@" + host + ":" + port + "/"
                + broker.vhost() + "\n[certs]\nca = \"" + pem(ca) + "\"\n"
                + (certificate.isEmpty()
                        ? ""
                        : "cert = \"" + pem(certificate) + "\"\nkey = \"" + pem("scheduler.key") + "\"\n");
    }

    private int tlsPort() {
        return broker.tlsPort().orElseThrow();
    }

    @Test
    void findsNothingToPutRight() throws Exception {
        assertTrue(examination.with(tls("localhost", tlsPort(), "ca.crt", "scheduler.crt")), this::page);

        assertTrue(says("OK", "TCP to localhost:" + tlsPort()), this::page);
        assertTrue(says("OK", "certificate of the relay: CN=localhost, valid until 2125-01-01T00:00:00Z"), this::page);
        assertTrue(says("OK", "[certs] cert: CN=scheduler, valid until"), this::page);
        assertTrue(
                says("OK", "TLSv1.3: the relay's certificate is signed by [certs] ca and is for localhost"),
                this::page);
        assertTrue(says("OK", "the relay asked for a client certificate"), this::page);
        assertTrue(says("OK", "user 'agent' may enter virtual host 'mig'"), this::page);
        assertTrue(says("NOTE", ".<id> did not exist"), this::page);
        assertTrue(says("OK", ".<id> is declared and bound to exchange mig"), this::page);
        assertTrue(says("OK", "nothing to put right"), this::page);
        assertHidesSecrets();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, ca.crt,       scheduler.crt, TLS: the certificate of the relay is not for 127.0.0.1, put a name",
        "localhost, other-ca.crt, scheduler.crt, TLS: the certificate of the relay is not signed by a CA of cacert, set [certs] ca",
        "localhost, ca.crt, scheduler-expired.crt, '[certs] cert: CN=scheduler expired at 2021-01-01T00:00:00Z', get a new one",
        "localhost, ca.crt, '', our certificate, set [certs] cert and key",
    })
    void saysWhatIsWrongWithTls(String host, String ca, String certificate, String fault, String advice)
            throws Exception {
        assertFalse(examination.with(tls(host, tlsPort(), ca, certificate)), this::page);

        assertTrue(says("FIX", fault), this::page);
        assertTrue(page().contains("-> " + advice), this::page);
        assertTrue(says("OK", "certificate of the relay: CN=localhost"), this::page);
        assertTrue(page().matches("(?s).*it is for +localhost\n.*"), this::page);
        assertFalse(says("OK", "user 'agent' may enter"), this::page);
        assertHidesSecrets();
    }

    @Test
    void saysThatAPortSpeaksTheOtherProtocol() throws Exception {
        assertFalse(examination.with(tls("localhost", broker.port(), "ca.crt", "scheduler.crt")), this::page);
        assertTrue(says("FIX", "TLS: the relay does not speak TLS on this port"), this::page);
        assertTrue(page().contains("-> use the port of the relay's TLS listener"), this::page);

        assertFalse(examination.with(plain("agent", "x", tlsPort(), "mig")), this::page);
        assertTrue(says("FIX", "no AMQP with the relay"), this::page);
    }

    @Test
    void saysThatTheRelayRefusesUserPasswordOrVirtualHost() throws Exception {
        assertFalse(examination.with(plain("agent", "wrongpassword", broker.port(), "mig")));
        assertTrue(says("FIX", "the relay refuses: "), this::page);
        assertTrue(page().contains("-> check user and password in [agent] relay"), this::page);
        assertFalse(page().contains("wrongpassword"), this::page);

        String password = broker.password(BrokerUser.AGENT);
        assertFalse(examination.with(plain("agent", password, broker.port(), "elsewhere")));
        assertTrue(page().contains("-> check the virtual host in [agent] relay"), this::page);
        assertHidesSecrets();
    }

    @Test
    void saysThatAUserHasNotThePermissionsOfAnAgent() throws Exception {
        assertFalse(
                examination.with(plain("worker", broker.password(BrokerUser.WORKER), broker.port(), broker.vhost())));

        assertTrue(says("FIX", "queue: "), this::page);
        assertTrue(page().contains("-> give user 'worker' the permissions of an agent"), this::page);
        assertHidesSecrets();
    }

    @Test
    void saysThatNoSchedulerHasDeclaredTheExchange() throws Exception {
        try (Connection admin = admin()) {
            admin.createChannel().exchangeDelete("mig");
        }

        assertFalse(examination.with(plain()));

        assertTrue(says("FIX", "queue: cannot declare the agent's queue: NOT_FOUND"), this::page);
        assertTrue(page().contains("-> start a scheduler once"), this::page);
        assertHidesSecrets();
    }

    /** Commands that wait are neither taken nor marked, and a consumer keeps its own. */
    @Test
    void disturbsNobody() throws Exception {
        assertTrue(examination.with(plain()), this::page);
        String queueLoc = queueLoc();
        try (SchedulerSide scheduler = new SchedulerSide(broker)) {
            scheduler.send(queueLoc, new byte[] {'1'});
            assertTrue(examination.with(plain()), this::page);
            assertTrue(says("NOTE", "nobody takes commands from it, 1 wait"), this::page);

            BlockingQueue<Delivery> taken = new LinkedBlockingQueue<>();
            try (RelayConnection agent = RelayConnection.open(
                    AmqpUri.parse(broker.uri(BrokerUser.AGENT))
                            .conf(Optional.empty(), Duration.ofSeconds(5), Duration.ofSeconds(30)),
                    "test-agent",
                    Clock.systemUTC())) {
                agent.consume("mig.agt." + queueLoc, 1, taken::add);
                Delivery first = taken.poll(30, TimeUnit.SECONDS);
                assertEquals('1', first.body()[0]);
                assertFalse(first.redelivered());

                assertTrue(examination.with(plain()), this::page);
                assertTrue(says("OK", "one agent takes commands from it, 0 wait"), this::page);

                first.ack();
                scheduler.send(queueLoc, new byte[] {'2'});
                assertEquals('2', taken.poll(30, TimeUnit.SECONDS).body()[0]);
                assertTrue(agent.isUsable());
            }
        }
    }

    private String queueLoc() throws Exception {
        String os = EnvironmentProbe.os();
        String hostname = new EnvironmentProbe(Path.of("/"), new HostCommand(Duration.ofSeconds(5))).hostname(os);
        return AgentIdentity.known(RunDir.existing(examination.runDir), os, hostname)
                .orElseThrow()
                .queueLoc()
                .toString();
    }

    private void deleteQueue() throws Exception {
        String os = EnvironmentProbe.os();
        String hostname = new EnvironmentProbe(Path.of("/"), new HostCommand(Duration.ofSeconds(5))).hostname(os);
        try (Connection admin = admin()) {
            admin.createChannel()
                    .queueDelete("mig.agt." + os + "." + hostname.replaceAll("[^A-Za-z0-9._-]", "-") + "."
                            + Examination.UID);
        }
    }

    private Connection admin() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.uri(BrokerUser.ADMIN));
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("test-admin");
    }

    private void assertHidesSecrets() {
        assertFalse(page().contains(Examination.UID), this::page);
        for (BrokerUser user : BrokerUser.values()) {
            assertFalse(page().contains(broker.password(user)), this::page);
        }
    }

    private boolean says(String verdict, String text) {
        return examination.says(verdict, text);
    }

    private String page() {
        return examination.page();
    }
}
