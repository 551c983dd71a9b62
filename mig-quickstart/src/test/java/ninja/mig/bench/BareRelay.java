package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import ninja.mig.fleet.SimulatedAgent;
import ninja.mig.json.MigJson;
import ninja.mig.platform.BrokerUser;

/**
 * What the broker alone needs for an action: the same commands, persistent, mandatory and confirmed, to the same queues,
 * answered by the same agents, and the same number of results consumed. No scheduler and no database.
 */
final class BareRelay implements AutoCloseable {
    private static final Duration CONFIRM_LIMIT = Duration.ofMinutes(10);

    /** Commands that the broker has not confirmed yet: with many more it does other things than its work. */
    private static final int WINDOW = 500;

    /** A name that agents may use, so that the scheduler, idle meanwhile, does not get the results. */
    private static final String RESULTS = "mig.agt.linux.bench.results";

    private final Arrivals arrivals;
    private final Connection scheduling;
    private final Connection collecting;
    private final Channel commands;

    /** Of the last command. Far below those that a scheduler draws. */
    private long id;

    /** @param arrivals what all agents do */
    BareRelay(Testbed testbed, Arrivals arrivals) throws IOException, TimeoutException {
        this.arrivals = arrivals;
        this.scheduling = testbed.connect(BrokerUser.SCHEDULER);
        this.collecting = testbed.connect(BrokerUser.AGENT);
        this.commands = scheduling.createChannel();
        commands.confirmSelect();
        Channel channel = collecting.createChannel();
        channel.queueDeclare(RESULTS, true, false, false, null);
        channel.queueBind(RESULTS, "mig", RESULTS);
    }

    /** @return seconds from the first command published to the last result taken */
    double run(List<SimulatedAgent> agents) throws Exception {
        JsonNode sample = Objects.requireNonNull(arrivals.sample(), "no command came to any agent");
        List<byte[]> bodies = new ArrayList<>();
        for (SimulatedAgent agent : agents) {
            bodies.add(command(sample, agent));
        }
        arrivals.answerTo(Optional.of(RESULTS));
        try (BareConsumer results = new BareConsumer(collecting, RESULTS, agents.size())) {
            long start = System.nanoTime();
            for (int i = 0; i < bodies.size(); i++) {
                if (i % WINDOW == 0) {
                    commands.waitForConfirmsOrDie(CONFIRM_LIMIT.toMillis());
                }
                commands.basicPublish("mig", agents.get(i).queue(), true, properties(), bodies.get(i));
            }
            commands.waitForConfirmsOrDie(CONFIRM_LIMIT.toMillis());
            return Stopwatch.seconds(start, results.await());
        } finally {
            arrivals.answerTo(Optional.empty());
        }
    }

    /** With an id that no agent has seen, nor will see. */
    private byte[] command(JsonNode sample, SimulatedAgent agent) {
        ObjectNode command = sample.deepCopy();
        command.put("id", ++id);
        ((ObjectNode) command.get("agent"))
                .put("name", agent.name())
                .put("queueloc", agent.queueLoc())
                .put("pid", agent.pid());
        return MigJson.bytes(command);
    }

    @Override
    public void close() {
        scheduling.abort();
        collecting.abort();
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
