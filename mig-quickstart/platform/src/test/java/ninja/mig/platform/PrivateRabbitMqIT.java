package ninja.mig.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import ninja.mig.platform.testing.RealRabbitMq;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

@RealRabbitMq
class PrivateRabbitMqIT extends BrokerContract {
    @Override
    AmqpBroker start(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls) throws IOException {
        Assumptions.assumeTrue(
                Servers.hasRabbitMq(), "NOT RUN, needs a real RabbitMQ: apt-get install rabbitmq-server");
        return Servers.broker(directory, passwords, tls);
    }

    @Test
    void keepsPersistentMessagesThroughACrash() throws Exception {
        keepsPersistentMessagesThrough(broker::crash);
    }

    @Test
    void keepsPersistentMessagesThroughAnOrderlyStop() throws Exception {
        keepsPersistentMessagesThrough(broker::stop);
    }

    private void keepsPersistentMessagesThrough(Attempt end) throws Exception {
        String queue = "mig.agt.linux.crash.example.net.58b3mndjmbb00";
        try (Connection agent = connect(BrokerUser.AGENT)) {
            Channel channel = agent.createChannel();
            channel.queueDeclare(queue, true, false, false, Map.of());
            channel.queueBind(queue, "mig", queue);
        }
        try (Connection scheduler = connect(BrokerUser.SCHEDULER)) {
            publish(scheduler, "mig", queue, "survivor");
        }

        end.make();
        assertFalse(Loopback.listens(broker.port()));
        broker.start();

        try (Connection agent = connect(BrokerUser.AGENT);
                Channel channel = agent.createChannel()) {
            assertEquals("survivor", new String(channel.basicGet(queue, true).getBody(), "US-ASCII"));
        }
    }

    @Test
    void findsItsQueuesAgainInTheSameDirectory() throws Exception {
        String queue = "mig.agt.linux.kept.example.net.58b3mndjmbb00";
        try (PrivateDirectory kept = PrivateDirectory.temporary("mig-broker-it")) {
            Path where = kept.path().resolve("broker");
            try (AmqpBroker first = Servers.broker(where, BrokerUser.randomPasswords(), Optional.empty());
                    Connection agent = connect(first, BrokerUser.AGENT)) {
                agent.createChannel().queueDeclare(queue, true, false, false, Map.of());
            }
            try (AmqpBroker second = Servers.broker(where, BrokerUser.randomPasswords(), Optional.empty());
                    Connection agent = connect(second, BrokerUser.AGENT)) {
                agent.createChannel().queueDeclarePassive(queue);
            }
        }
    }

    @Test
    void refusesAnAgentToDeclareTheExchange() throws Exception {
        Connection agent = connect(BrokerUser.AGENT);
        assertRefused(agent, () -> agent.createChannel().exchangeDeclare("mig", "topic", true));
    }

    @Test
    void refusesAnAgentTheEvents() throws Exception {
        Connection agent = connect(BrokerUser.AGENT);
        assertRefused(agent, () -> {
            Channel channel = agent.createChannel();
            channel.queueDeclare(AGENT_QUEUE, true, false, false, Map.of());
            channel.queueBind(AGENT_QUEUE, "migevent", "#");
        });
    }

    @Test
    void refusesAnAgentToPublishEvents() throws Exception {
        Connection agent = connect(BrokerUser.AGENT);
        assertRefused(agent, () -> publish(agent, "migevent", "agent.new", "x"));
    }

    @Test
    void refusesTheSchedulerTheQueueOfAnAgent() throws Exception {
        Connection scheduler = connect(BrokerUser.SCHEDULER);
        assertRefused(scheduler, () -> {
            Channel channel = scheduler.createChannel();
            channel.queueDeclare(AGENT_QUEUE, true, false, false, Map.of());
            channel.basicGet(AGENT_QUEUE, true);
        });
    }

    @Test
    void refusesTheApiToPublishCommands() throws Exception {
        Connection api = connect(BrokerUser.API);
        assertRefused(api, () -> publish(api, "mig", AGENT_QUEUE, "x"));
    }

    @Test
    void refusesAWorkerTheQueuesOfAgents() throws Exception {
        Connection worker = connect(BrokerUser.WORKER);
        assertRefused(worker, () -> worker.createChannel().queueDeclare(AGENT_QUEUE, true, false, false, Map.of()));
    }
}
