package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.Servers;
import ninja.mig.platform.testing.Await;
import ninja.mig.runtime.Closer;

/** A broker of our own, and on it what an agent needs: somebody who hears it, and an investigator whom it obeys. */
final class AgentsRelay implements AutoCloseable {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final AMQP.BasicProperties LASTING =
            new AMQP.BasicProperties.Builder().deliveryMode(2).build();

    /** @param at by {@link System#nanoTime} */
    record Heartbeat(String queueLoc, long at) {}

    private final Closer closer;
    private final Path directory;
    private final AgentInstallation installation;
    private final ActionSigner investigator;
    private final Channel channel;
    private final Map<Long, Heartbeat> heartbeatOfPid = new ConcurrentHashMap<>();
    private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();

    private AgentsRelay(Closer closer) throws Exception {
        this.closer = closer;
        this.directory =
                closer.register(PrivateDirectory.temporary("mig-bench")).path();
        AmqpBroker broker = closer.register(
                Servers.broker(directory.resolve("broker"), BrokerUser.randomPasswords(), Optional.empty()));
        SecretKeyring keys = SecretKeyring.generateEd25519("Bench <bench@example.net>", CLOCK);
        this.investigator = keys.signer(keys.onlyFingerprint(), new char[0]);
        this.installation = AgentInstallation.bake(directory, broker.uri(BrokerUser.AGENT), keys);
        Connection connection = closer.register(Testbed.connect(broker, BrokerUser.SCHEDULER));
        this.channel = connection.createChannel();
        Testbed.declareTopology(channel);
        consume(Testbed.HEARTBEATS, this::heartbeat);
        consume(Testbed.RESULTS, answers::add);
    }

    static AgentsRelay start() throws Exception {
        Closer closer = new Closer();
        Runtime.getRuntime().addShutdownHook(new Thread(closer::closeLogging, "stop servers"));
        return new AgentsRelay(closer);
    }

    private interface Taker {
        void take(JsonNode document);
    }

    private void consume(String queue, Taker taker) throws IOException {
        channel.basicConsume(queue, true, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                try {
                    taker.take(MigJson.tree(body));
                } catch (MalformedJsonException e) {
                    throw new IOException("what came from " + queue + " is no JSON", e);
                }
            }
        });
    }

    private void heartbeat(JsonNode heartbeat) {
        heartbeatOfPid.putIfAbsent(
                heartbeat.path("pid").longValue(),
                new Heartbeat(heartbeat.path("queueloc").textValue(), System.nanoTime()));
    }

    Path directory() {
        return directory;
    }

    AgentInstallation installation() {
        return installation;
    }

    /** The first one of that process. */
    Heartbeat awaitHeartbeat(RunningAgent agent) throws Exception {
        Await.closely("the first heartbeat", PATIENCE, () -> {
            agent.requireAlive();
            return heartbeatOfPid.containsKey(agent.pid());
        });
        return heartbeatOfPid.get(agent.pid());
    }

    /** An action that the agent obeys. */
    Action signed(Operation operation) throws Exception {
        Instant now = CLOCK.instant();
        return ActionSignatures.sign(
                Action.draft(
                        "bench", "status='online'", now.minusSeconds(60), now.plusSeconds(86_400), List.of(operation)),
                investigator);
    }

    /** As a scheduler sends it. */
    void send(String queueLoc, long id, Action action) throws IOException {
        byte[] command = MigJson.bytes(new Command(
                new MigId(id),
                action.withId(new MigId(id)),
                Agent.NONE,
                CommandStatus.SENT,
                List.of(ModuleResult.EMPTY),
                CLOCK.instant(),
                Times.UNSET));
        synchronized (channel) {
            channel.basicPublish("mig", "mig.agt." + queueLoc, LASTING, command);
        }
    }

    /** The next one of any agent. */
    JsonNode awaitAnswer() throws IOException, InterruptedException {
        JsonNode answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (answer == null) {
            throw new IOException("no answer came within " + PATIENCE.toSeconds() + " s");
        }
        return answer;
    }

    @Override
    public void close() throws Exception {
        closer.close();
    }
}
