package ninja.mig.agent;

import static ninja.mig.agent.Investigation.probe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import ninja.mig.model.Operation;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is larger than the agent's memory passes through it. */
@ExtendWith(MigServices.class)
@Timeout(180)
class SmallAgentIT {
    /** With what JSON adds to it, as much as there may be. */
    private static final int LARGE = Answer.MAX_RESULTS - 200_000;

    @TempDir
    Path folder;

    private final Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private String relay;
    private SchedulerSide scheduler;
    private SmallAgent agent;
    private String queueLoc;

    @BeforeEach
    void start(AmqpBroker broker) throws Exception {
        relay = "amqp://agent:" + broker.password(BrokerUser.AGENT) + "@127.0.0.1:" + broker.port() + "/"
                + broker.vhost();
        scheduler = new SchedulerSide(broker);
        agent = SmallAgent.start(relay, folder, it);
        queueLoc = scheduler.heartbeat().get("queueloc").textValue();
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        scheduler.close();
    }

    @Test
    void sendsLargeResults() throws Exception {
        Operation large = probe(ProbeModule.LARGE + LARGE);
        scheduler.send(queueLoc, it.command(1, it.signed(it.draft(large), it.bob)));
        scheduler.send(queueLoc, it.command(2, it.signed(it.draft(large), it.bob)));
        scheduler.send(queueLoc, it.command(3, it.signed(it.draft(large, large, probe("small")), it.bob)));

        Map<Long, JsonNode> answers = answers(3);
        assertLarge(answers.get(1L).get("results").get(0));
        assertLarge(answers.get(2L).get("results").get(0));
        JsonNode results = answers.get(3L).get("results");
        assertEquals("failed", answers.get(3L).get("status").textValue());
        boolean first = results.get(0).get("success").booleanValue();
        assertLarge(results.get(first ? 0 : 1));
        assertEquals(
                "module 'probe': result too large: all results of the command would have more than 26 MiB",
                results.get(first ? 1 : 0).get("errors").get(0).textValue());
        assertTrue(results.get(2).get("success").booleanValue(), () -> "there was room for it: " + results.get(2));
        Await.until("what modules wrote is deleted", () -> files(".output") == 0 && files(".json") == 0);
    }

    private static void assertLarge(JsonNode result) {
        assertTrue(
                result.get("success").booleanValue(), () -> result.get("errors").toString());
        long length = 0;
        for (JsonNode line : result.get("elements")) {
            length += line.textValue().length();
        }
        assertEquals(LARGE, length, 1000);
    }

    @Test
    void keepsWhatWaitsOnDisk() throws Exception {
        Path go = folder.resolve("go");
        Operation held = probe(ProbeModule.UNTIL + go);
        scheduler.send(queueLoc, it.command(1, it.signed(it.draft(held, held), it.bob)));
        Operation padded = Investigation.operation("probe", "{\"do\":\"one\",\"pad\":\"" + "x".repeat(4 << 20) + "\"}");
        for (int id = 2; id <= 8; id++) {
            scheduler.send(queueLoc, it.command(id, it.signed(it.draft(padded), it.bob)));
        }
        Await.until("all are taken", () -> files(".waiting") == 7 && files(".running") == 1);
        agent.close();
        agent = SmallAgent.start(relay, folder, it);
        JsonNode killed = scheduler.resultTree();
        assertEquals(1, killed.get("id").longValue());
        assertEquals("failed", killed.get("status").textValue());

        Map<Long, JsonNode> answers = answers(7);
        for (long id = 2; id <= 8; id++) {
            assertEquals("success", answers.get(id).get("status").textValue());
        }
    }

    private long files(String suffix) throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("run"))) {
            return files.filter(file -> file.toString().endsWith(suffix)).count();
        }
    }

    private Map<Long, JsonNode> answers(int count) throws Exception {
        Map<Long, JsonNode> answers = new HashMap<>();
        while (answers.size() < count) {
            JsonNode answer;
            try {
                answer = scheduler.resultTree();
            } catch (AssertionError e) {
                throw new AssertionError(agent.isAlive() + " " + agent.log(), e);
            }
            answers.put(answer.get("id").longValue(), answer);
        }
        assertTrue(agent.isAlive(), agent::toString);
        return answers;
    }
}
