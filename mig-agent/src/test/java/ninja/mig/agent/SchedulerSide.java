package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.Command;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.relay.AmqpUri;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.Topology;

/** The other end of the relay, with the scheduler's user and permissions. */
final class SchedulerSide implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RelayConnection connection;
    private final Publisher publisher;
    private final BlockingQueue<JsonNode> heartbeats = new LinkedBlockingQueue<>();
    private final BlockingQueue<JsonNode> results = new LinkedBlockingQueue<>();

    SchedulerSide(AmqpBroker broker) throws Exception {
        RelayConf conf = AmqpUri.parse(broker.uri(BrokerUser.SCHEDULER))
                .conf(Optional.empty(), Duration.ofSeconds(5), Duration.ofSeconds(30));
        connection = RelayConnection.open(conf, "test-scheduler", Clock.systemUTC());
        connection.declareScheduler();
        publisher = connection.publisher();
        connection.consume(Topology.HEARTBEATS, 10, delivery -> {
            heartbeats.add(MigJson.tree(delivery.body()));
            delivery.ack();
        });
        connection.consume(Topology.RESULTS, 10, delivery -> {
            results.add(MigJson.tree(delivery.body()));
            delivery.ack();
        });
    }

    void send(String queueLoc, byte[] command) throws IOException, InterruptedException {
        Published published =
                publisher.publish(Message.to("mig.agt." + queueLoc, command, Duration.ofMinutes(5)), PATIENCE);
        if (published != Published.CONFIRMED) {
            throw new IOException("the agent has no queue");
        }
    }

    JsonNode heartbeat() throws InterruptedException {
        return next(heartbeats, "heartbeat");
    }

    JsonNode resultTree() throws InterruptedException {
        return next(results, "result");
    }

    Command result() throws Exception {
        return MigJson.bind(resultTree(), Command.class);
    }

    /** Empty if none comes within that time. */
    Optional<JsonNode> resultWithin(Duration time) throws InterruptedException {
        return Optional.ofNullable(results.poll(time.toMillis(), TimeUnit.MILLISECONDS));
    }

    int waitingHeartbeats() {
        return heartbeats.size();
    }

    int waitingResults() {
        return results.size();
    }

    private static JsonNode next(BlockingQueue<JsonNode> queue, String what) throws InterruptedException {
        JsonNode next = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no " + what + " within " + PATIENCE);
        }
        return next;
    }

    @Override
    public void close() {
        connection.close();
    }
}
