package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import ninja.mig.fleet.SimulatedAgent;
import ninja.mig.json.MigJson;

/**
 * What the broker alone needs for an action: the same commands, persistent, mandatory and confirmed, to the same queues,
 * answered by the same agents, and the same number of results consumed. No scheduler and no database.
 */
final class BareRelay {
    private static final Duration CONFIRM_LIMIT = Duration.ofMinutes(10);

    private final Testbed testbed;
    private final JsonNode sample;
    private long id;

    /** @param sample a command as the scheduler sent it */
    BareRelay(Testbed testbed, JsonNode sample) {
        this.testbed = testbed;
        this.sample = Objects.requireNonNull(sample, "no command came to any agent");
        this.id = sample.path("id").asLong();
    }

    /** @return seconds from the first command published to the last result taken */
    double run(List<SimulatedAgent> agents) throws Exception {
        List<byte[]> commands = new ArrayList<>();
        for (SimulatedAgent agent : agents) {
            commands.add(command(agent));
        }
        try (Connection consuming = testbed.connect();
                Connection publishing = testbed.connect()) {
            BareConsumer results = new BareConsumer(consuming, Testbed.RESULTS, agents.size());
            Channel channel = publishing.createChannel();
            channel.confirmSelect();
            long start = System.nanoTime();
            for (int i = 0; i < commands.size(); i++) {
                channel.basicPublish("mig", agents.get(i).queue(), true, properties(), commands.get(i));
            }
            channel.waitForConfirmsOrDie(CONFIRM_LIMIT.toMillis());
            return Stopwatch.seconds(start, results.await());
        }
    }

    /** With an id that no agent has seen. */
    private byte[] command(SimulatedAgent agent) {
        ObjectNode command = sample.deepCopy();
        command.put("id", ++id);
        ((ObjectNode) command.get("agent"))
                .put("name", agent.name())
                .put("queueloc", agent.queueLoc())
                .put("pid", agent.pid());
        return MigJson.bytes(command);
    }

    private static AMQP.BasicProperties properties() {
        return new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .deliveryMode(2)
                .timestamp(new Date())
                .expiration(Long.toString(Duration.ofHours(1).toMillis()))
                .build();
    }
}
