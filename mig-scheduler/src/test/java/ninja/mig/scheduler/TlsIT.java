package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.CommandStatus;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerTls;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.Servers;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.RealRabbitMq;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A scheduler and a RabbitMQ that demands a certificate of it. */
@RealRabbitMq
@ExtendWith(MigServices.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsIT {
    private final FreshDatabase database;
    private Closer closer;
    private PrivateDirectory directory;
    private AmqpBroker broker;

    @TempDir
    Path folder;

    private Platform platform;

    TlsIT(FreshDatabase database) {
        this.database = database;
    }

    @BeforeAll
    void startBroker() throws Exception {
        Assumptions.assumeTrue(
                Servers.hasRabbitMq(), "NOT RUN, needs a real RabbitMQ: apt-get install rabbitmq-server");
        directory = PrivateDirectory.temporary("mig-tls-it");
        broker = broker("broker", "relay.crt");
        platform = new Platform(database, broker);
    }

    private AmqpBroker broker(String name, String certificate) throws IOException {
        return Servers.broker(
                directory.path().resolve(name),
                BrokerUser.randomPasswords(),
                Optional.of(new BrokerTls(pem("ca.crt"), pem(certificate), pem("relay.key"))));
    }

    @AfterAll
    void stopBroker() throws Exception {
        platform.close();
        broker.crash();
        directory.close();
    }

    @BeforeEach
    void open() {
        closer = new Closer();
    }

    @AfterEach
    void stop() throws Exception {
        closer.close();
    }

    private static Path pem(String name) {
        return Path.of("src/test/resources/tls", name).toAbsolutePath();
    }

    private static String tls(AmqpBroker relay, String host, String ca, String certificate, String key) {
        return """
                [mq]
                host = "%s"
                port = %d
                pass = "%s"
                usetls = on
                cacert = "%s"
                tlscert = "%s"
                tlskey = "%s"
                """.formatted(
                        host,
                        relay.tlsPort().orElseThrow(),
                        relay.password(BrokerUser.SCHEDULER),
                        pem(ca),
                        pem(certificate),
                        pem(key));
    }

    private SchedulerProcess run(String more) throws IOException {
        return closer.register(SchedulerProcess.start(folder, platform.confText(folder.resolve("spool")) + more));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scheduler.key", "scheduler-pkcs1.key"})
    void doesItsWorkOverTls(String key) throws Exception {
        String relay = tls(broker, "localhost", "ca.crt", "scheduler.crt", key);
        Scheduler.start(platform.conf(folder.resolve("spool"), relay), Clock.systemUTC(), closer);
        String host = key.replaceAll("[^a-z0-9]", "");
        SimulatedAgent agent =
                closer.register(new SimulatedAgent(platform.relay(BrokerUser.AGENT), "linux." + host + ".x1"));
        agent.heartbeat();
        Await.until("registered", () -> platform.query("SELECT status FROM agents WHERE name = '" + host + "'")
                .equals("online"));

        Action action = platform.insert(platform.signed("tls", "name='" + host + "'"));
        agent.answer(agent.nextCommand(), CommandStatus.SUCCESS);

        platform.awaitStatus(action, ActionStatus.COMPLETED);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, other-ca.crt, scheduler.crt, the certificate of the relay is not signed by a CA of cacert",
        "127.0.0.1, ca.crt,       scheduler.crt, the certificate of the relay is not for 127.0.0.1",
        "localhost, ca.crt,       scheduler-expired.crt, 'it refuses our certificate, which expired at 2021-01-01T00:00:00Z'"
    })
    void saysWhyItDoesNotConnectAndTriesAgain(String host, String ca, String certificate, String reason)
            throws Exception {
        assertTriesAgain(run(tls(broker, host, ca, certificate, "scheduler.key")), reason);
    }

    @Test
    void refusesARelayWhoseCertificateHasExpired() throws Exception {
        AmqpBroker expired = broker("expired", "relay-expired.crt");
        closer.register(expired::crash);
        assertTriesAgain(
                run(tls(expired, "localhost", "ca.crt", "scheduler.crt", "scheduler.key")),
                "the certificate of the relay has expired");
    }

    @Test
    void speaksNoTlsToAPortThatDoesNot() throws Exception {
        String plain = tls(broker, "localhost", "ca.crt", "scheduler.crt", "scheduler.key")
                .replace("port = " + broker.tlsPort().orElseThrow(), "port = " + broker.port());
        assertTriesAgain(run(plain), "the relay does not speak TLS on this port");
    }

    @Test
    void speaksTlsToAPortThatWantsIt() throws Exception {
        String clear = "[mq]\nport = " + broker.tlsPort().orElseThrow() + "\n";
        assertTriesAgain(run(clear), "what answers does not speak AMQP, perhaps this port wants TLS");
    }

    private static void assertTriesAgain(SchedulerProcess scheduler, String reason) throws Exception {
        scheduler.awaitLine("cannot connect to relay");
        scheduler.awaitOk();
        long lines = lines(scheduler);
        scheduler.stop();
        assertEquals(0, scheduler.exit());
        String out = scheduler.out();
        assertTrue(out.contains(reason) && out.contains("will be tried again"), out);
        assertTrue(lines <= 2, out);
        assertFalse(out.contains("\tat "), out);
    }

    private static long lines(SchedulerProcess scheduler) throws IOException {
        return scheduler.out().lines().filter(l -> l.contains("relay")).count();
    }

    @ParameterizedTest
    @CsvSource({
        "ca.crt,      scheduler.crt, relay.key,     the private key does not belong to the client certificate",
        "missing.crt, scheduler.crt, scheduler.key, missing.crt",
        "ca.crt,      scheduler.key, scheduler.key, client certificate"
    })
    void doesNotStartWithFilesThatDoNotFit(String ca, String certificate, String key, String reason) throws Exception {
        SchedulerProcess scheduler = run(tls(broker, "localhost", ca, certificate, key));

        assertEquals(9, scheduler.exit());
        assertTrue(scheduler.out().contains("FATAL: "), scheduler.out());
        assertTrue(scheduler.out().contains("[mq] usetls"), scheduler.out());
        assertTrue(scheduler.out().contains(reason), scheduler.out());
    }
}
