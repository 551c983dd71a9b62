package ninja.mig.agent;

import static ninja.mig.agent.Investigation.probe;
import static ninja.mig.agent.TestAgents.serve;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The stat socket of an agent at work. */
@ExtendWith(MigServices.class)
@Timeout(120)
class StatSocketIT {
    @TempDir
    Path directory;

    private final Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));

    @Test
    void tellsHowTheAgentIsAndStopsItForWhoKnowsItsId(AmqpBroker broker) throws Exception {
        InetSocketAddress address = StatTalk.freeAddress();
        try (SchedulerSide scheduler = new SchedulerSide(broker);
                TestAgents agents = new TestAgents(directory, it, broker)) {
            AgentDaemon agent = agent(agents, broker, address);
            CompletableFuture<Boolean> serving = serve(agent);
            String queueLoc = agent.identity().queueLoc().toString();
            String uid = agent.identity().queueLoc().uid();
            Await.until("the agent to connect", () -> status(address).contains("relay: connected to "));
            assertTrue(status(address).contains("last commands: none since the start"), status(address));

            scheduler.send(queueLoc, it.command(501, it.signed(it.draft(probe("one")), it.bob)));
            scheduler.send(queueLoc, it.command(502, it.forged(it.draft(probe("one")), it.bob)));
            Await.until("both to be told", () -> {
                String told = status(address);
                return told.contains("command 501 of action 7: success") && told.contains("command 502 of action 7: ");
            });
            String status = status(address);
            assertTrue(status.startsWith("version: " + Main.version() + "\npid: "), status);
            assertTrue(status.contains("command 502 of action 7: refused"), status);
            for (String secret : List.of(uid, broker.password(BrokerUser.AGENT), "probe", "agent:")) {
                assertFalse(status.contains(secret), status);
            }

            assertEquals("invalid agent id, shutdown refused\n", StatTalk.ask(address, "shutdown " + uid + "0"));
            assertFalse(serving.isDone());
            assertEquals("shutdown requested\n", StatTalk.ask(address, "shutdown " + uid));
            assertTrue(serving.get(20, TimeUnit.SECONDS), "somebody asked");
        }
    }

    @Test
    void doesNotLetLocalUsersHoldUpTheAgent(AmqpBroker broker) throws Exception {
        InetSocketAddress address = StatTalk.freeAddress();
        List<SocketChannel> crowd = new ArrayList<>();
        try (SchedulerSide scheduler = new SchedulerSide(broker);
                TestAgents agents = new TestAgents(directory, it, broker)) {
            AgentDaemon agent = agent(agents, broker, address);
            serve(agent);
            Await.until("the agent to connect", () -> status(address).contains("relay: connected to "));
            for (int i = 0; i < 3000; i++) {
                SocketChannel client = SocketChannel.open();
                crowd.add(client);
                client.configureBlocking(false);
                if (client.connect(address) && i % 2 == 0) {
                    client.write(ByteBuffer.wrap("x".repeat(9000).getBytes(StandardCharsets.US_ASCII)));
                }
            }

            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                scheduler.send(
                        agent.identity().queueLoc().toString(),
                        it.command(510 + i, it.forged(it.draft(probe("one")), it.bob)));
                assertEquals(CommandStatus.FAILED, await(scheduler, 510 + i).status());
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, () -> "five answers took " + took);
        } finally {
            for (SocketChannel client : crowd) {
                client.close();
            }
        }
    }

    private static Command await(SchedulerSide scheduler, long id) throws Exception {
        while (true) {
            Command answer = scheduler.result();
            if (answer.id().value() == id) {
                return answer;
            }
        }
    }

    private static String status(InetSocketAddress address) {
        try {
            return StatTalk.ask(address, "status");
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static AgentDaemon agent(TestAgents agents, AmqpBroker broker, InetSocketAddress socket) throws Exception {
        return agents.agent("run", "daemon", broker.port(), "socket = \"127.0.0.1:" + socket.getPort() + "\"\n");
    }
}
