package ninja.mig.scheduler;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.QueueLoc;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.Message;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.Topology;

/** An agent that does what the test says, with an agent's rights on the relay. */
final class SimulatedAgent implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final QueueLoc queueLoc;
    private final RelayConnection connection;
    private final Publisher publisher;
    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();

    SimulatedAgent(RelayConf conf, String queueLoc) throws Exception {
        this.queueLoc = QueueLoc.parse(queueLoc);
        this.connection = RelayConnection.open(conf, queueLoc, Clock.systemUTC());
        this.publisher = connection.publisher();
        connection.declareAgent(this.queueLoc);
        connection.consume(Topology.queue(this.queueLoc), 100, this::take);
    }

    private void take(Delivery delivery) throws Exception {
        commands.add(MigJson.read(delivery.body(), Command.class));
        delivery.ack();
    }

    void heartbeat() throws Exception {
        heartbeat(42);
    }

    void heartbeat(int pid) throws Exception {
        Agent agent = new Agent(
                null,
                queueLoc.hostname(),
                queueLoc.toString(),
                "daemon",
                "20260101+test",
                pid,
                Instant.now(),
                null,
                Instant.now(),
                null,
                false,
                null,
                null);
        send(Topology.HEARTBEATS, MigJson.bytes(agent));
    }

    Command nextCommand() throws InterruptedException {
        Command command = commands.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (command == null) {
            throw new AssertionError("no command came to " + queueLoc);
        }
        return command;
    }

    int waitingCommands() {
        return commands.size();
    }

    Command answer(Command command, CommandStatus status) throws Exception {
        return answer(command, status, new ModuleResult(true, true, null, null, List.of("seen \u0000 by " + queueLoc)));
    }

    Command answer(Command command, CommandStatus status, ModuleResult found) throws Exception {
        Command answer = command.withAnswer(status, List.of(found));
        send(Topology.RESULTS, MigJson.bytes(answer));
        return answer;
    }

    void send(String queue, byte[] body) throws Exception {
        publisher.publish(Message.to(queue, body, Duration.ofMinutes(5)), PATIENCE);
    }

    @Override
    public void close() {
        connection.close();
    }
}
