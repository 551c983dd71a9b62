package ninja.mig.agent;

import static ninja.mig.agent.Investigation.probe;
import static ninja.mig.agent.TestAgents.serve;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.relay.RelayException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An agent and a relay, with the users and the permissions of the deployment guide. */
@ExtendWith(MigServices.class)
@Timeout(180)
class AgentIT {
    @TempDir
    Path directory;

    private final Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private TestAgents agents;
    private SchedulerSide scheduler;
    private Forwarder line;

    @BeforeEach
    void connect(AmqpBroker relay) throws Exception {
        agents = new TestAgents(directory, it, relay);
        scheduler = new SchedulerSide(relay);
        line = new Forwarder(relay.host(), relay.port());
    }

    @AfterEach
    void disconnect() throws Exception {
        agents.close();
        line.close();
        scheduler.close();
    }

    @Test
    void saysThatItLivesAndAnswersCommands() throws Exception {
        AgentDaemon agent = agent("run");
        serve(agent);

        JsonNode heartbeat = scheduler.heartbeat();
        String queueLoc = agent.identity().queueLoc().toString();
        assertEquals(queueLoc, heartbeat.get("queueloc").textValue());
        assertEquals("daemon", heartbeat.get("mode").textValue());
        assertEquals("test", heartbeat.get("version").textValue());
        assertEquals(ProcessHandle.current().pid(), heartbeat.get("pid").longValue());
        assertEquals("0001-01-01T00:00:00Z", heartbeat.get("destructiontime").textValue());
        assertEquals("tests", heartbeat.get("tags").get("operator").textValue());
        assertFalse(heartbeat.get("environment").get("isproxied").booleanValue());
        assertEquals(
                EnvironmentProbe.os(), heartbeat.get("environment").get("os").textValue());
        assertFalse(heartbeat.has("id") || heartbeat.has("status") || heartbeat.has("authorized"), heartbeat::toString);

        byte[] command = it.command(100, it.signed(it.draft(probe("one"), probe("two")), it.bob));
        scheduler.send(queueLoc, command);
        JsonNode answer = scheduler.resultTree();
        assertEquals("success", answer.get("status").textValue(), answer::toString);
        assertEquals(queueLoc, answer.get("agent").get("queueloc").textValue());
        assertEquals(MigJson.tree(command).get("action"), answer.get("action"));
        assertEquals(
                "two", answer.get("results").get(1).get("elements").get("found").textValue());

        JsonNode ok = MigJson.tree(Files.readAllBytes(directory.resolve("run/mig-agent.ok")));
        assertEquals(heartbeat.get("name"), ok.get("name"));
        assertFalse(ok.has("queueloc"));
    }

    @Test
    void refusesForgedAndUnderweightActionsAndStaysSilentWithoutAnId() throws Exception {
        String queueLoc = serving();

        scheduler.send(queueLoc, it.command(110, it.forged(it.draft(probe("one")), it.bob)));
        Command forged = scheduler.result();
        assertEquals(CommandStatus.FAILED, forged.status());
        assertTrue(Investigation.errors(forged).contains("signature"), Investigation.errors(forged));

        scheduler.send(
                queueLoc, it.command(111, it.signed(it.draft(Investigation.operation("netstat", "{}")), it.bob)));
        Command light = scheduler.result();
        assertEquals(CommandStatus.FAILED, light.status());
        assertTrue(Investigation.errors(light).contains("permission denied"), Investigation.errors(light));

        scheduler.send(queueLoc, "{\"action\":{}}".getBytes(StandardCharsets.UTF_8));
        scheduler.send(queueLoc, "garbage".getBytes(StandardCharsets.UTF_8));
        scheduler.send(queueLoc, it.command(112, it.signed(it.draft(probe("after")), it.bob)));
        assertEquals(112, scheduler.result().id().value());
        assertEquals(0, scheduler.waitingResults());
    }

    @Test
    void comesBackWhenItsConnectionBreaks() throws Exception {
        String queueLoc = serving();

        line.cut();

        scheduler.heartbeat();
        scheduler.send(queueLoc, it.command(120, it.signed(it.draft(probe("one")), it.bob)));
        assertEquals(120, scheduler.result().id().value());
    }

    @Test
    void keepsResultsUntilTheRelayIsBack() throws Exception {
        String queueLoc = serving();
        scheduler.send(queueLoc, it.command(130, it.signed(it.draft(probe("one")), it.bob)));
        Await.until("the command has begun", () -> executed("run").contains("begun 130 "));

        line.cutForLonger();
        Await.until("its answer is kept", () -> executed("run").contains("answered 130"));
        agents.close();
        line.mend();
        serve(agent("run"));

        assertEquals(CommandStatus.SUCCESS, scheduler.result().status());
        Await.until("the outbox is empty", () -> isEmpty(directory.resolve("run/outbox")));
    }

    @Test
    void keepsResultsAndTheConnectionWhileTheRelayTakesNoMessages() throws Exception {
        String queueLoc = serving();
        int connections = line.connections();
        line.block();
        int size = 2 << 20;
        scheduler.send(queueLoc, it.command(170, it.signed(it.draft(probe(ProbeModule.LARGE + size)), it.bob)));
        for (int i = 171; i < 177; i++) {
            scheduler.send(
                    queueLoc, it.command(i, it.signed(it.draft(Investigation.operation("missing", "{}")), it.bob)));
        }
        Await.until("the answers are kept", Duration.ofSeconds(60), () -> count(directory.resolve("run/outbox")) == 7);

        assertEquals(Optional.empty(), scheduler.resultWithin(Duration.ofMillis(300)));
        line.unblock();

        Map<Long, Command> answers = new HashMap<>();
        for (int i = 0; i < 7; i++) {
            Command answer = scheduler.result();
            answers.put(answer.id().value(), answer);
        }
        assertEquals(7, answers.size());
        assertEquals(size / 1000, answers.get(170L).results().get(0).elements().size(), "it is no note");
        assertEquals(connections, line.connections());
        Await.until("the outbox is empty", () -> isEmpty(directory.resolve("run/outbox")));
        assertEquals(0, scheduler.waitingResults(), "each came once");
    }

    @Test
    void sendsTheOthersWhenAnAnswerCannotBeSent() throws Exception {
        Path kept = Files.createDirectories(directory.resolve("run/outbox"));
        Files.createDirectory(kept.resolve("0000000000000000001-1.json"));
        Files.writeString(kept.resolve("0000000000000000002-2.json"), "damaged".repeat(6 << 20));
        Files.writeString(
                kept.resolve("0000000000000000003-3.json"),
                "{\"id\":3,\"action\":{\"name\":\"kept\"},\"status\":\"success\",\"results\":[{\"elements\":[\""
                        + "x".repeat(1000) + "\"" + ",\"xxxxxxxxxxxxx\"".repeat(3 << 20) + "]},{}]}");
        serve(agent("run"));

        Command note = scheduler.result();

        assertEquals(3, note.id().value());
        assertEquals("kept", note.action().name());
        assertEquals(CommandStatus.FAILED, note.status());
        assertEquals(2, note.results().size());
        assertTrue(
                Investigation.errors(note).startsWith("the results are too large for the relay: "),
                () -> Investigation.errors(note));
        Await.until("the answer is sent", () -> Files.notExists(kept.resolve("0000000000000000003-3.json")));
        assertTrue(Files.exists(kept.resolve("0000000000000000001-1.json.unsent")));
        assertTrue(Files.exists(kept.resolve("0000000000000000002-2.json.unsent")));
    }

    @Test
    void stopsItsModulesAndSaysSoWhenItEnds() throws Exception {
        AgentDaemon agent = agent("run");
        CompletableFuture<Boolean> serving = serve(agent);
        scheduler.heartbeat();
        scheduler.send(
                agent.identity().queueLoc().toString(),
                it.command(140, it.signed(it.draft(probe("wait"), probe("wait"), probe("wait")), it.bob)));
        Await.until(
                "two modules run",
                () -> ProcessHandle.current()
                                .children()
                                .filter(ProcessHandle::isAlive)
                                .count()
                        >= 2);

        agent.close();

        Command answer = scheduler.result();
        assertEquals(CommandStatus.FAILED, answer.status());
        assertTrue(Investigation.errors(answer).contains("agent is shutting down"), Investigation.errors(answer));
        assertFalse(serving.get(10, TimeUnit.SECONDS), "nobody asked on the stat socket");
    }

    @Test
    void drainsItsQueueInACheckIn() throws Exception {
        AgentDaemon first = agent("run");
        CompletableFuture<Boolean> serving = serve(first);
        scheduler.heartbeat();
        String queueLoc = first.identity().queueLoc().toString();
        first.close();
        serving.get(10, TimeUnit.SECONDS);
        for (int i = 0; i < 5; i++) {
            scheduler.send(queueLoc, it.command(150 + i, it.signed(it.draft(probe("one")), it.bob)));
        }

        AgentDaemon checkin = checkin("run");
        assertTrue(checkin.checkIn());

        assertEquals("checkin", scheduler.heartbeat().get("mode").textValue());
        assertEquals(0, scheduler.waitingHeartbeats(), "one is enough");
        Set<Long> answered = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            answered.add(scheduler.result().id().value());
        }
        assertEquals(Set.of(150L, 151L, 152L, 153L, 154L), answered);
        assertTrue(isEmpty(directory.resolve("run/outbox")));
    }

    @Test
    void checksInThoughItCannotLeaveASignOfIt() throws Exception {
        Files.createDirectories(directory.resolve("run/mig-agent.ok/occupied"));

        assertTrue(checkin("run").checkIn());

        assertEquals("checkin", scheduler.heartbeat().get("mode").textValue());
    }

    @Test
    void saysThatACheckInLeftACommand() throws Exception {
        Path left = Files.createDirectories(directory.resolve("run/commands/4-other"));
        Files.createDirectory(left.resolve("000000000000000001-155.waiting")); // which cannot be read

        assertFalse(checkin("run").checkIn());

        assertEquals("checkin", scheduler.heartbeat().get("mode").textValue());
        assertEquals(0, scheduler.waitingResults());
    }

    @Test
    void leavesACheckInToTheOneThatRuns() throws Exception {
        AgentDaemon checkin = checkin("run");
        Process other = LockHolder.start(directory.resolve("run/.checkin.lock"));
        try {
            assertTrue(checkin.checkIn());
        } finally {
            other.destroyForcibly();
        }
        assertFalse(Files.exists(directory.resolve("run/mig-agent.ok")), "it has not even said that it lives");
    }

    @Test
    void saysThatARelayCannotBeReached() throws Exception {
        line.cutForLonger();

        assertThrows(RelayException.class, () -> agent("run").serve(false));
        assertThrows(RelayException.class, () -> checkin("other").checkIn());
    }

    private AgentDaemon agent(String name) throws Exception {
        return agents.agent(name, "daemon", line.port(), "");
    }

    private AgentDaemon checkin(String name) throws Exception {
        return agents.agent(name, "checkin", line.port(), "");
    }

    /** An agent that serves, and has said so. */
    private String serving() throws Exception {
        AgentDaemon agent = agent("run");
        serve(agent);
        scheduler.heartbeat();
        return agent.identity().queueLoc().toString();
    }

    private String executed(String name) throws Exception {
        return Files.readString(directory.resolve(name).resolve(".executed"));
    }

    private static boolean isEmpty(Path folder) throws Exception {
        return count(folder) == 0;
    }

    private static long count(Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }
}
