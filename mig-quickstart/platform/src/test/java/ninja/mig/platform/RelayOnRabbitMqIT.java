package ninja.mig.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.platform.testing.RealRabbitMq;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.LostOnTheWayException;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.Relay;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.Topology;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

@RealRabbitMq
class RelayOnRabbitMqIT extends RelayContract {
    @Override
    AmqpBroker start(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls) throws IOException {
        Assumptions.assumeTrue(
                Servers.hasRabbitMq(), "NOT RUN, needs a real RabbitMQ: apt-get install rabbitmq-server");
        return Servers.broker(directory, passwords, tls);
    }

    @Override
    boolean tellsOfDeletedQueues() {
        return true;
    }

    private void control(String... arguments) throws IOException {
        ((PrivateRabbitMq) broker()).control(arguments);
    }

    /** For each consumer of the queue of results: {@code Queue} is its process, {@code Channel} that of the channel. */
    private void forEachConsumer(String expression) throws IOException {
        control("eval", """
                {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"mig">>, queue, <<"mig.agt.results">>)),
                Queue = amqqueue:get_pid(Q),
                [begin Channel = element(1, C), Tag = element(2, C), %s end || C <- rabbit_amqqueue:consumers(Q)].
                """.formatted(expression));
    }

    private static void publish(RelayConnection agent, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            assertEquals(Published.CONFIRMED, agent.publisher().publish(result("" + i), WAIT));
        }
    }

    private void takeAll(int count) throws Exception {
        Set<String> heard = new TreeSet<>();
        while (heard.size() < count) {
            Delivery delivery = next();
            heard.add(text(delivery));
            delivery.ack();
        }
    }

    @Test
    void hearsAgainWhenTheBrokerHasForgottenItsConsumer() throws Exception {
        try (Relay scheduler = relay(broker().port(), Duration.ofSeconds(2));
                RelayConnection agent = open(BrokerUser.AGENT)) {
            scheduler.consume(Topology.RESULTS, 50, this::take);
            publish(agent, 1);
            takeAll(1);
            forEachConsumer("gen_server2:call(Queue, {basic_cancel, Channel, Tag, undefined, <<\"test\">>})");
            publish(agent, 3);
            takeAll(3);
            assertEquals(1, scheduler.state().deaf());
            assertEquals(1, scheduler.state().lost());
        }
    }

    @Test
    void hearsAgainWhenTheBrokersChannelHangs() throws Exception {
        try (Relay scheduler = relay(broker().port(), Duration.ofSeconds(2));
                RelayConnection agent = open(BrokerUser.AGENT)) {
            scheduler.consume(Topology.RESULTS, 2, this::take);
            forEachConsumer("spawn(fun() -> erlang:suspend_process(Channel), timer:sleep(8000) end)");
            publish(agent, 5);
            takeAll(5);
            assertEquals(1, scheduler.state().deaf());
        }
    }

    @Test
    void getsPastMessagesOfAnySize() throws Exception {
        try (Relay scheduler = relay(broker().port(), Duration.ofSeconds(30));
                RelayConnection agent = open(BrokerUser.AGENT)) {
            for (int i = 0; i < 3; i++) {
                agent.publisher()
                        .publish(Message.to(Topology.RESULTS, new byte[100 * 1024 * 1024], Duration.ofHours(1)))
                        .get(1, TimeUnit.MINUTES);
            }
            publish(agent, 1);
            AtomicInteger huge = new AtomicInteger();
            scheduler.consume(Topology.RESULTS, 50, delivery -> {
                if (delivery.body().length > 1024) {
                    huge.incrementAndGet();
                    delivery.ack();
                } else {
                    take(delivery);
                }
            });
            takeAll(1);
            assertEquals(3, huge.get());
            assertEquals(0, scheduler.state().lost());
        }
    }

    @Test
    void saysThatTheBrokerRefusedAMessage() throws Exception {
        control("eval", "application:set_env(rabbit, max_message_size, 1000).");
        try (Relay scheduler = relay(broker().port(), WAIT);
                RelayConnection agent = open(BrokerUser.AGENT)) {
            scheduler.consume(Topology.RESULTS, 50, this::take);
            LostOnTheWayException refused = assertThrows(
                    LostOnTheWayException.class, () -> agent.publisher().publish(result("x".repeat(2000)), WAIT));
            assertTrue(refused.isRefused(), refused.getMessage());
        } finally {
            control("eval", "application:set_env(rabbit, max_message_size, 134217728).");
        }
    }

    @Test
    void takesMessagesWhileTheBrokerTakesNone() throws Exception {
        try (Relay scheduler = relay(broker().port(), WAIT);
                RelayConnection agent = open(BrokerUser.AGENT)) {
            publish(agent, 3);
            control("set_vm_memory_high_watermark", "0.00001");
            try {
                ExecutionException blocked = awaitFailure(scheduler);
                assertTrue(
                        blocked.getCause().getMessage().contains("memory"),
                        blocked.getCause().getMessage());
                assertTrue(scheduler.state().blocked().isPresent());
                assertTrue(scheduler.isConnected());
                scheduler.consume(Topology.RESULTS, 50, this::take);
                takeAll(3);
            } finally {
                control("set_vm_memory_high_watermark", "0.4");
            }
            awaitUnblocked(scheduler);
            assertEquals(Published.CONFIRMED, scheduler.publish(result("after"), WAIT));
            assertEquals(0, scheduler.state().lost());
        }
    }

    /** The first message goes out, to be told that there is no room; its confirm comes when there is. */
    private static ExecutionException awaitFailure(Relay scheduler) throws Exception {
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (true) {
            assertTrue(System.nanoTime() < deadline, "the relay never said that it takes nothing");
            CompletableFuture<Published> fate = scheduler.publish(result("blocked"));
            try {
                fate.get(100, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                System.err.println("published while the broker takes nothing: not confirmed yet");
            } catch (ExecutionException e) {
                return e;
            }
        }
    }

    private static void awaitUnblocked(Relay scheduler) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (scheduler.state().blocked().isPresent()) {
            assertTrue(System.nanoTime() < deadline, "the relay never took messages again");
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
