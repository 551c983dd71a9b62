package ninja.mig.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import ninja.mig.json.MigJson;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import ninja.mig.platform.testing.RealRabbitMq;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MigServices.class)
@RealRabbitMq
class FleetIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private AmqpBroker broker;
    private Connection connection;
    private Channel scheduler;

    @BeforeEach
    void declareWhatASchedulerDeclares(@OwnServer AmqpBroker broker) throws Exception {
        this.broker = broker;
        connect();
        scheduler.exchangeDeclare("mig", "direct", true);
        for (String queue : List.of("mig.agt.heartbeats", "mig.agt.results")) {
            scheduler.queueDeclare(queue, true, false, false, null);
            scheduler.queueBind(queue, "mig", queue);
            scheduler.queuePurge(queue);
        }
    }

    private void connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setVirtualHost(broker.vhost());
        factory.setUsername(BrokerUser.SCHEDULER.loginName());
        factory.setPassword(broker.password(BrokerUser.SCHEDULER));
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection();
        scheduler = connection.createChannel();
    }

    @AfterEach
    void disconnect() {
        connection.abort();
    }

    private Fleet fleet(String name, int agents, Behaviour behaviour) throws Exception {
        Fleet fleet = Fleet.start(RelayLogin.of(broker), Fleet.Shape.of(name, agents), behaviour);
        fleet.awaitConnected(LIMIT);
        return fleet;
    }

    private void command(SimulatedAgent agent, long id) throws Exception {
        String command = """
                {"id":%d,"action":{"id":7,"name":"a","operations":[{"module":"file","parameters":null},
                {"module":"ping","parameters":null}]},"agent":{"name":"n","queueloc":"%s"},"status":"sent","results":[]}
                """.formatted(id, agent.queueLoc());
        scheduler.basicPublish(
                "mig",
                agent.queue(),
                MessageProperties.PERSISTENT_TEXT_PLAIN,
                command.getBytes(StandardCharsets.UTF_8));
    }

    private GetResponse take(String queue) throws Exception {
        GetResponse[] taken = new GetResponse[1];
        await(() -> {
            try {
                taken[0] = scheduler.basicGet(queue, true);
                return taken[0] != null;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        return taken[0];
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited in vain");
            Thread.sleep(20);
        }
    }

    @Test
    void sendsHeartbeatsAsAgentsDo() throws Exception {
        try (Fleet fleet = fleet("beat", 20, Behaviour.OBEDIENT)) {
            fleet.heartbeat();

            assertEquals(20, scheduler.messageCount("mig.agt.heartbeats"));
            GetResponse heartbeat = take("mig.agt.heartbeats");
            AMQP.BasicProperties properties = heartbeat.getProps();
            assertEquals(2, properties.getDeliveryMode());
            assertEquals("text/plain", properties.getContentType());
            assertTrue(Long.parseLong(properties.getExpiration()) > 0);
            String queueLoc = MigJson.tree(heartbeat.getBody()).path("queueloc").asText();
            assertTrue(queueLoc.matches("linux\\.beat-000\\d\\d\\.example\\.net\\.[a-z0-9]{13}"), queueLoc);
            assertEquals(20, fleet.counts().heartbeats());
            assertEquals(20, fleet.lastHeartbeats().size());
        }
    }

    @Test
    void answersACommandOnceAndCountsTheSecond() throws Exception {
        try (Fleet fleet = fleet("once", 3, Behaviour.OBEDIENT)) {
            SimulatedAgent agent = fleet.agents().get(1);
            command(agent, 42);
            command(agent, 42);

            var result = MigJson.tree(take("mig.agt.results").getBody());
            await(() -> fleet.counts().duplicates() == 1);

            assertEquals("success", result.path("status").asText());
            assertEquals(2, result.path("results").size());
            assertEquals(agent.queueLoc(), result.path("agent").path("queueloc").asText());
            assertEquals(1, fleet.counts().commands());
            assertEquals(1, fleet.counts().results());
            assertEquals(0, scheduler.messageCount("mig.agt.results"));
        }
    }

    @Test
    void saysWhatItsBehaviourSays() throws Exception {
        byte[] first = "first".getBytes(StandardCharsets.US_ASCII);
        byte[] second = "second".getBytes(StandardCharsets.US_ASCII);
        Behaviour twice = (agent, command) -> List.of(Result.later(second, Duration.ofMillis(300)), Result.now(first));
        try (Fleet fleet = fleet("twice", 1, twice)) {
            command(fleet.agents().get(0), 1);

            assertEquals("first", new String(take("mig.agt.results").getBody(), StandardCharsets.US_ASCII));
            assertEquals("second", new String(take("mig.agt.results").getBody(), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void countsWhatIsNotForIt() throws Exception {
        try (Fleet fleet = fleet("stray", 2, Behaviour.SILENT)) {
            scheduler.basicPublish("mig", fleet.agents().get(0).queue(), null, new byte[] {'{'});
            await(() -> fleet.counts().malformed() == 1);

            scheduler.basicPublish("mig", fleet.agents().get(0).queue(), null, "{\"id\":1}".getBytes());
            await(() -> fleet.counts().misdirected() == 1);
        }
    }

    @Test
    void comesBackAndSaysWhatItCouldNotSay() throws Exception {
        Behaviour late = (agent, command) ->
                List.of(Result.later(Behaviour.answer(agent, command, "success"), Duration.ofMillis(500)));
        try (Fleet fleet = fleet("back", 10, late)) {
            for (SimulatedAgent agent : fleet.agents()) {
                command(agent, 5);
            }
            await(() -> fleet.counts().commands() == 10);
            fleet.heartbeatOnConnect();
            broker.crash();
            await(() -> fleet.connected() == 0);
            broker.start();
            fleet.awaitConnected(LIMIT);

            await(() -> fleet.counts().results() == 10);
            connect();
            assertEquals(10, scheduler.messageCount("mig.agt.results"));
            await(() -> fleet.counts().heartbeats() == 10);
            assertEquals(10, scheduler.messageCount("mig.agt.heartbeats"));
            assertTrue(fleet.counts().cuts() > 0);
        }
    }

    @Test
    void tellsWhatItsBehaviourThrew() throws Exception {
        Fleet fleet = fleet("bad", 1, (agent, command) -> {
            throw new IllegalStateException("no");
        });
        command(fleet.agents().get(0), 1);
        await(() -> fleet.counts().commands() == 1);

        assertThrows(IllegalStateException.class, fleet::close);
    }
}
