package ninja.mig.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import ninja.mig.model.QueueLoc;
import ninja.mig.relay.ConnectProxy;
import ninja.mig.relay.Consumption;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.LostOnTheWayException;
import ninja.mig.relay.Message;
import ninja.mig.relay.PemTls;
import ninja.mig.relay.Published;
import ninja.mig.relay.QueueState;
import ninja.mig.relay.Relay;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayException;
import ninja.mig.relay.RelayRefusedException;
import ninja.mig.relay.Topology;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What the programs ask of {@link Relay} and {@link RelayConnection}, on every broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class RelayContract {
    static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final QueueLoc AGENT = new QueueLoc("linux", "host.example.net", "58b3mndjmbb00");

    private final Clock clock = Clock.systemUTC();
    private final Map<BrokerUser, String> passwords = BrokerUser.randomPasswords();
    private final BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
    private PrivateDirectory directory;
    private AmqpBroker broker;

    abstract AmqpBroker start(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls)
            throws IOException;

    @BeforeAll
    void startBroker() throws Exception {
        directory = PrivateDirectory.temporary("mig-relay-it");
        Optional<BrokerTls> tls = Optional.of(new BrokerTls(pem("ca.crt"), pem("rsa.crt"), pem("rsa.key")));
        broker = start(directory.path().resolve("broker"), passwords, tls);
    }

    @AfterAll
    void stopBroker() throws Exception {
        broker.crash();
        directory.close();
    }

    @BeforeEach
    void emptyQueues() throws Exception {
        received.clear();
        try (RelayConnection scheduler = open(BrokerUser.SCHEDULER)) {
            scheduler.deleteQueue(Topology.RESULTS);
            scheduler.deleteQueue(Topology.queue(AGENT));
            scheduler.declareScheduler();
        }
    }

    private static Path pem(String name) {
        return Path.of("src/test/resources/tls", name).toAbsolutePath();
    }

    private RelayConf conf(BrokerUser user) {
        return conf(user.loginName(), passwords.get(user));
    }

    private RelayConf conf(String user, String password) {
        Duration limit = Duration.ofSeconds(10);
        return new RelayConf(broker.host(), broker.port(), user, password, "mig", Optional.empty(), limit, limit);
    }

    private RelayConf tlsConf() throws Exception {
        PemTls tls = PemTls.load(pem("ca.crt"), Optional.of(pem("ec.crt")), Optional.of(pem("ec.key")));
        int port = broker.tlsPort().orElseThrow();
        return new RelayConf(
                "localhost", port, "agent", passwords.get(BrokerUser.AGENT), "mig", Optional.of(tls), WAIT, WAIT);
    }

    RelayConnection open(BrokerUser user) throws RelayException {
        return RelayConnection.open(conf(user), "test", clock);
    }

    private Relay relay() throws Exception {
        return relay(broker.port(), WAIT);
    }

    /** @param patience after which a silent connection is looked at */
    Relay relay(int port, Duration patience) throws Exception {
        RelayConf conf = conf(BrokerUser.SCHEDULER);
        RelayConf patient = new RelayConf(
                conf.host(), port, conf.user(), conf.password(), conf.vhost(), conf.tls(), WAIT, patience);
        return Relay.start(patient, "scheduler", clock, RelayConnection::declareScheduler);
    }

    AmqpBroker broker() {
        return broker;
    }

    void take(Delivery delivery) throws InterruptedException {
        received.put(delivery);
    }

    static Message result(String text) {
        return Message.to(Topology.RESULTS, text.getBytes(StandardCharsets.UTF_8), HOUR);
    }

    Delivery next() throws InterruptedException {
        return Optional.ofNullable(received.poll(1, TimeUnit.MINUTES)).orElseThrow();
    }

    static String text(Delivery delivery) {
        return new String(delivery.body(), StandardCharsets.UTF_8);
    }

    @Test
    void carriesACommandAndItsResult() throws Exception {
        try (Relay scheduler = relay();
                RelayConnection agent = open(BrokerUser.AGENT)) {
            agent.declareAgent(AGENT);
            agent.consume(Topology.queue(AGENT), 1, command -> {
                command.ack();
                received.put(command);
            });
            scheduler.consume(Topology.RESULTS, 50, received::put);
            Message command = Message.to(Topology.queue(AGENT), "search".getBytes(StandardCharsets.UTF_8), HOUR);
            assertEquals(Published.CONFIRMED, scheduler.publish(command, WAIT));
            assertEquals("search", text(next()));
            assertEquals(Published.CONFIRMED, agent.publisher().publish(result("found"), WAIT));
            Delivery result = next();
            assertEquals("found", text(result));
            assertEquals(Topology.RESULTS, result.routingKey());
            result.ack();
        }
    }

    @Test
    void tellsWhatHasNoQueueAmongManyMessages() throws Exception {
        try (Relay scheduler = relay()) {
            List<CompletableFuture<Published>> fates = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                fates.add(scheduler.publish(
                        i % 10 == 3 ? Message.to("mig.agt.nobody", new byte[10], HOUR) : result("" + i)));
            }
            for (int i = 0; i < 1000; i++) {
                Published expected = i % 10 == 3 ? Published.UNROUTABLE : Published.CONFIRMED;
                assertEquals(expected, fates.get(i).get(WAIT.toSeconds(), TimeUnit.SECONDS), "message " + i);
            }
            assertEquals(Published.CONFIRMED, scheduler.publish(Message.event("agent.new", new byte[1]), WAIT));
            assertEquals(
                    900,
                    scheduler
                            .inspect(Topology.RESULTS)
                            .map(QueueState::messages)
                            .orElseThrow());
        }
    }

    @Test
    void carriesEventsToAWorker() throws Exception {
        try (Relay scheduler = relay();
                RelayConnection worker = open(BrokerUser.WORKER)) {
            worker.declareWorker("test", Topology.AGENT_NEW);
            worker.consume(Topology.workerQueue("test"), 50, received::put);
            scheduler.publish(
                    Message.event(Topology.COMMAND_RESULTS, "not wanted".getBytes(StandardCharsets.UTF_8)), WAIT);
            scheduler.publish(Message.event(Topology.AGENT_NEW, "new".getBytes(StandardCharsets.UTF_8)), WAIT);
            Delivery event = next();
            assertEquals("new", text(event));
            event.ack();
        }
    }

    @Test
    void deliversAgainWhatWasNotAcknowledged() throws Exception {
        try (RelayConnection publishing = open(BrokerUser.SCHEDULER)) {
            for (int i = 0; i < 6; i++) {
                publishing.publisher().publish(result("" + i), WAIT);
            }
        }
        List<Delivery> first = new ArrayList<>();
        try (RelayConnection connection = open(BrokerUser.SCHEDULER)) {
            connection.consume(Topology.RESULTS, 50, received::put);
            next().ack();
            next().ack();
            first.add(next());
            first.add(next());
            first.get(1).ack(); // its turn has not come
        }
        try (RelayConnection connection = open(BrokerUser.SCHEDULER)) {
            connection.consume(Topology.RESULTS, 50, received::put);
            Delivery.ackAll(first); // tags of a channel that is gone
            for (int i = 2; i < 6; i++) {
                Delivery again = next();
                assertEquals("" + i, text(again));
                assertTrue(again.redelivered() || i > 3);
                again.ack();
            }
            assertTrue(connection.isUsable());
        }
        try (RelayConnection connection = open(BrokerUser.SCHEDULER)) {
            awaitMessages(connection, 0);
        }
    }

    static void awaitMessages(RelayConnection connection, int count) throws Exception {
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (connection.inspect(Topology.RESULTS).orElseThrow().messages() != count) {
            assertTrue(System.nanoTime() < deadline, "the queue never held " + count);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void pausesAndResumes() throws Exception {
        try (Relay scheduler = relay()) {
            Consumption consumption = scheduler.consume(Topology.RESULTS, 50, received::put);
            scheduler.publish(result("one"), WAIT);
            next().ack();
            consumption.pause();
            consumption.pause();
            scheduler.publish(result("two"), WAIT);
            assertEquals(Optional.empty(), Optional.ofNullable(received.poll(200, TimeUnit.MILLISECONDS)));
            consumption.resume();
            consumption.resume();
            Delivery two = next();
            assertEquals("two", text(two));
            two.ack();
        }
    }

    @Test
    void takesOneMessageThenMoreAndMore() throws Exception {
        try (Relay scheduler = relay()) {
            for (int i = 0; i < 12; i++) {
                scheduler.publish(result("" + i), WAIT);
            }
            scheduler.consume(Topology.RESULTS, 50, received::put);
            Delivery first = next();
            assertEquals(
                    Optional.empty(),
                    Optional.ofNullable(received.poll(200, TimeUnit.MILLISECONDS)),
                    "one, until it is done with");
            first.ack();
            List<Delivery> some = List.of(next(), next());
            Delivery.ackAll(some);
            List<String> rest = new ArrayList<>();
            for (int i = 3; i < 12; i++) {
                Delivery delivery = next();
                rest.add(text(delivery));
                delivery.ack();
            }
            assertEquals(IntStream.range(3, 12).mapToObj(String::valueOf).toList(), rest);
        }
    }

    @Test
    void discardsAMessageThatMeetsADefect() throws Exception {
        try (Relay scheduler = relay()) {
            scheduler.consume(Topology.RESULTS, 1, delivery -> {
                if (text(delivery).equals("poison")) {
                    throw new IllegalStateException("defect");
                }
                received.put(delivery);
            });
            scheduler.publish(result("poison"), WAIT);
            scheduler.publish(result("good"), WAIT);
            Delivery good = next();
            assertEquals("good", text(good));
            assertFalse(good.redelivered());
            good.ack();
        }
    }

    @Test
    void deliversAgainAfterAnOutageOfTheHandler() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (Relay scheduler = relay()) {
            scheduler.consume(Topology.RESULTS, 10, delivery -> {
                if (attempts.incrementAndGet() == 1) {
                    throw new IOException("database away");
                }
                received.put(delivery);
            });
            scheduler.publish(result("kept"), WAIT);
            Delivery kept = next();
            assertEquals("kept", text(kept));
            assertTrue(kept.redelivered());
            kept.ack();
        }
    }

    @Test
    void comesBackWithEverythingAfterTheBroker() throws Exception {
        try (Relay scheduler = relay()) {
            scheduler.consume(Topology.RESULTS, 50, received::put);
            broker.stop();
            awaitConnected(scheduler, false);
            ExecutionException away = assertThrows(
                    ExecutionException.class,
                    () -> scheduler.publish(result("lost")).get(1, TimeUnit.SECONDS));
            assertEquals(RelayException.class, away.getCause().getClass());
            broker.start();
            awaitConnected(scheduler, true);
            assertEquals(Published.CONFIRMED, scheduler.publish(result("back"), WAIT));
            Delivery back = next();
            assertEquals("back", text(back));
            back.ack();
        }
    }

    static void awaitConnected(Relay relay, boolean connected) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (relay.isConnected() != connected) {
            assertTrue(System.nanoTime() < deadline, "the relay never was connected: " + connected);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void waitsForABrokerThatIsAwayAtStart() throws Exception {
        broker.stop();
        try (Relay scheduler = relay()) {
            scheduler.consume(Topology.RESULTS, 50, received::put);
            assertFalse(scheduler.isConnected());
            broker.start();
            awaitConnected(scheduler, true);
            scheduler.publish(result("late"), WAIT);
            next().ack();
        }
    }

    @Test
    void hearsAgainWhenAQueueWasTakenAwayAndMadeAnew() throws Exception {
        try (Relay scheduler = relay(broker.port(), Duration.ofSeconds(1));
                RelayConnection other = open(BrokerUser.SCHEDULER)) {
            scheduler.consume(Topology.RESULTS, 50, received::put);
            other.deleteQueue(Topology.RESULTS);
            other.declareScheduler();
            assertEquals(Published.CONFIRMED, other.publisher().publish(result("heard"), WAIT));
            Delivery heard = next();
            assertEquals("heard", text(heard));
            heard.ack();
            assertEquals(1, scheduler.state().lost());
            assertEquals(tellsOfDeletedQueues() ? 0 : 1, scheduler.state().deaf());
        }
    }

    @Test
    void hearsAgainWhenAConnectionHangs() throws Exception {
        try (Forwarder forwarder = new Forwarder(broker.port());
                Relay scheduler = relay(forwarder.port(), Duration.ofSeconds(2));
                RelayConnection agent = open(BrokerUser.AGENT)) {
            scheduler.consume(Topology.RESULTS, 50, received::put);
            forwarder.hold();
            CompletableFuture<Published> unconfirmed = scheduler.publish(result("held"));
            agent.publisher().publish(result("heard"), WAIT);

            List<String> heard = new ArrayList<>();
            for (Delivery delivery = next(); heard.size() < 2; delivery = heard.size() < 2 ? next() : delivery) {
                heard.add(text(delivery));
                delivery.ack();
            }

            assertEquals(List.of("heard", "held"), heard.stream().sorted().toList());
            ExecutionException e =
                    assertThrows(ExecutionException.class, () -> unconfirmed.get(WAIT.toSeconds(), TimeUnit.SECONDS));
            assertEquals(LostOnTheWayException.class, e.getCause().getClass(), "nobody knows whether the relay has it");
            assertEquals(2, scheduler.state().lost());
        }
    }

    @Test
    void isNotDeafWhenItDoesNotWantToHear() throws Exception {
        try (Relay scheduler = relay(broker.port(), Duration.ofSeconds(1));
                RelayConnection agent = open(BrokerUser.AGENT)) {
            Consumption consumption = scheduler.consume(Topology.RESULTS, 2, received::put);
            for (int i = 0; i < 6; i++) {
                agent.publisher().publish(result("" + i), WAIT);
            }
            next().ack();
            List<Delivery> kept = List.of(next(), next());
            TimeUnit.SECONDS.sleep(4); // nothing is acknowledged: the database is away
            consumption.pause();
            Delivery.ackAll(kept);
            TimeUnit.SECONDS.sleep(4);
            assertEquals(0, scheduler.state().lost());
            consumption.resume();
            for (int i = 3; i < 6; i++) {
                Delivery delivery = next();
                assertFalse(delivery.redelivered());
                delivery.ack();
            }
        }
    }

    @Test
    void staysConnectedWhileNobodyHasAnythingToSay() throws Exception {
        try (Relay scheduler = relay(broker.port(), Duration.ofSeconds(1))) {
            scheduler.consume(Topology.HEARTBEATS, 50, received::put);
            scheduler.consume(Topology.RESULTS, 50, received::put);
            TimeUnit.SECONDS.sleep(4);
            assertEquals(0, scheduler.state().lost());
        }
    }

    @Test
    void tellsItsOwnerWhenAQueueIsTakenAway() throws Exception {
        try (RelayConnection agent = open(BrokerUser.AGENT);
                RelayConnection scheduler = open(BrokerUser.SCHEDULER)) {
            agent.declareAgent(AGENT);
            agent.consume(Topology.queue(AGENT), 1, received::put);
            scheduler.deleteQueue(Topology.queue(AGENT));
            if (tellsOfDeletedQueues()) {
                assertTrue(
                        agent.broken().get(WAIT.toSeconds(), TimeUnit.SECONDS).contains("taken away"));
                assertFalse(agent.isUsable());
            }
        }
    }

    abstract boolean tellsOfDeletedQueues();

    @Test
    void refusesAWrongPasswordAndAnUnknownVirtualHost() {
        RelayConf guess = conf("agent", "guess");
        assertThrows(RelayRefusedException.class, () -> RelayConnection.open(guess, "test", clock));
        assertThrows(
                RelayRefusedException.class,
                () -> Relay.start(guess, "test", clock, RelayConnection::declareScheduler));
        RelayConf mig = conf(BrokerUser.AGENT);
        RelayConf elsewhere = new RelayConf(
                mig.host(),
                mig.port(),
                mig.user(),
                mig.password(),
                "none",
                mig.tls(),
                mig.connectTimeout(),
                mig.heartbeat());
        RelayException e =
                assertThrows(RelayRefusedException.class, () -> RelayConnection.open(elsewhere, "test", clock));
        assertFalse(e.getMessage().contains(mig.password()), e.getMessage());
    }

    @Test
    void refusesAnAgentTheSchedulersDeclarations() {
        RelayConf agent = conf(BrokerUser.AGENT);
        assertThrows(
                RelayRefusedException.class,
                () -> Relay.start(
                        agent, "test", clock, connection -> connection.consume(Topology.RESULTS, 1, d -> {})));
    }

    @Test
    void findsAndDeletesQueues() throws Exception {
        try (RelayConnection agent = open(BrokerUser.AGENT);
                RelayConnection scheduler = open(BrokerUser.SCHEDULER)) {
            String queue = Topology.queue(AGENT);
            assertEquals(Optional.empty(), scheduler.inspect(queue));
            scheduler.deleteQueue(queue);
            agent.declareAgent(AGENT);
            agent.declareAgent(AGENT);
            agent.consume(queue, 1, received::put);
            assertEquals(Optional.of(new QueueState(0, 1)), scheduler.inspect(queue));
            scheduler.deleteQueue(queue);
            assertEquals(Optional.empty(), scheduler.inspect(queue));
            assertTrue(scheduler.isUsable());
        }
    }

    @Test
    void deletesOnlyQueuesThatNobodyReadsAndThatHoldNothing() throws Exception {
        String queue = Topology.queue(AGENT);
        try (RelayConnection scheduler = open(BrokerUser.SCHEDULER)) {
            assertFalse(scheduler.deleteIdleQueue(queue), "missing");
            try (RelayConnection agent = open(BrokerUser.AGENT)) {
                agent.declareAgent(AGENT);
                agent.consume(queue, 1, received::put);
                assertFalse(scheduler.deleteIdleQueue(queue), "read");
            }
            awaitNoReader(scheduler, queue);
            scheduler.publisher().publish(Message.to(queue, new byte[] {1}, HOUR), WAIT);
            assertFalse(scheduler.deleteIdleQueue(queue), "holds a message");
            try (RelayConnection agent = open(BrokerUser.AGENT)) {
                agent.consume(queue, 1, received::put);
                received.take().ack();
            }
            awaitNoReader(scheduler, queue);
            assertTrue(scheduler.deleteIdleQueue(queue));
            assertEquals(Optional.empty(), scheduler.inspect(queue));
            assertTrue(scheduler.isUsable());
        }
    }

    private static void awaitNoReader(RelayConnection connection, String queue) throws RelayException {
        while (connection.inspect(queue).orElseThrow().consumers() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void speaksTls() throws Exception {
        try (RelayConnection agent = RelayConnection.open(tlsConf(), "agent", clock)) {
            assertEquals(Published.CONFIRMED, agent.publisher().publish(result("secret"), WAIT));
        }
    }

    @Test
    void speaksTlsThroughAProxy() throws Exception {
        try (TestProxy proxy = new TestProxy()) {
            Optional<ConnectProxy> through = Optional.of(new ConnectProxy("127.0.0.1", proxy.port(), Optional.empty()));
            try (RelayConnection agent = RelayConnection.open(tlsConf(), through, "agent", clock)) {
                agent.declareAgent(AGENT);
                agent.consume(Topology.queue(AGENT), 1, received::put);
                assertEquals(Published.CONFIRMED, agent.publisher().publish(result("secret"), WAIT));
                assertEquals(List.of("localhost:" + broker.tlsPort().orElseThrow()), proxy.targets());
            }
            try (RelayConnection agent = RelayConnection.open(conf(BrokerUser.AGENT), through, "agent", clock)) {
                assertEquals(Published.CONFIRMED, agent.publisher().publish(result("plain"), WAIT));
            }
        }
    }
}
