package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import ninja.mig.model.Action;
import ninja.mig.model.Operation;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped jar, killed with SIGKILL at random moments while commands arrive. {@code -Dmig.agent.kills},
 * {@code -Dmig.agent.commands} and {@code -Dmig.agent.seed} make it another and a longer test.
 */
@ExtendWith(MigServices.class)
@Timeout(value = 2, unit = TimeUnit.HOURS)
class KilledAgentIT {
    private static final int KILLS = Integer.getInteger("mig.agent.kills", 8);
    private static final int COMMANDS = Integer.getInteger("mig.agent.commands", 80);
    private static final long SEED = Long.getLong("mig.agent.seed", System.nanoTime());
    private static final int FIRST = 1000;

    /** Commands that wait for an answer at the same time. */
    private static final int AT_ONCE = 12;

    /** In times of a start: most are killed at work, some before they have come that far. */
    private static final double LONGEST_LIFE = 2.5;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final Random random = new Random(SEED);
    private final Semaphore unanswered = new Semaphore(AT_ONCE);
    private final Map<Long, Set<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<Process> started = new ArrayList<>();
    private SchedulerSide scheduler;
    private Path jar;
    private Path conf;
    private int repeated;

    @BeforeEach
    void connect(AmqpBroker broker) throws Exception {
        scheduler = new SchedulerSide(broker);
        conf = Files.writeString(
                directory.resolve("agent.cfg"),
                "[agent]\nrelay = \"" + broker.uri(BrokerUser.AGENT) + "\"\nisimmortal = on\nheartbeatfreq = 30s\n");
        jar = jarWithProbe();
        bake();
    }

    @AfterEach
    void disconnect() {
        started.forEach(Process::destroyForcibly);
        scheduler.close();
    }

    @Test
    void losesNoAnswerAndRunsNothingTwice() throws Exception {
        long begun = System.nanoTime();
        Process agent = start();
        String queueLoc = scheduler.heartbeat().get("queueloc").textValue();
        long startMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(queueLoc));
        CompletableFuture<Void> taking = CompletableFuture.runAsync(this::takeAnswers);

        for (int kill = 0; kill < KILLS; kill++) {
            long life = (long) (startMillis * LONGEST_LIFE * random.nextDouble());
            assertFalse(agent.waitFor(life, TimeUnit.MILLISECONDS), () -> "the agent ended by itself: " + log());
            agent.destroyForcibly().waitFor();
            agent = start();
        }

        sending.get(COMMANDS * 2L + 60, TimeUnit.SECONDS);
        awaitAll(taking);
        agent.toHandle().destroy();
        assertTrue(agent.waitFor(20, TimeUnit.SECONDS), "it does not end");
        assertEquals(0, agent.exitValue(), this::log);
        check(Duration.ofNanos(System.nanoTime() - begun));
    }

    private void send(String queueLoc) {
        try {
            for (int i = 0; i < COMMANDS; i++) {
                unanswered.acquire();
                scheduler.send(queueLoc, it.command(FIRST + i, action(FIRST + i)));
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every other one has no process of its own, so that all that is around the processes happens more often. */
    private Action action(int id) {
        Operation operation = isRun(id)
                ? Investigation.probe(ProbeModule.MARK + directory.resolve("marks") + " " + id)
                : Investigation.operation("missing", "{}");
        return it.signed(it.draft(operation).withWindow(it.now.minusSeconds(60), it.now.plusSeconds(7200)), it.bob);
    }

    private static boolean isRun(long id) {
        return id % 2 == 0;
    }

    private void takeAnswers() {
        try {
            while (answers.size() < COMMANDS) {
                scheduler.resultWithin(Duration.ofMillis(100)).ifPresent(this::take);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void take(JsonNode answer) {
        Set<JsonNode> same = answers.computeIfAbsent(answer.get("id").longValue(), id -> ConcurrentHashMap.newKeySet());
        if (same.isEmpty()) {
            unanswered.release();
        } else {
            repeated++;
        }
        same.add(answer);
    }

    private void awaitAll(CompletableFuture<Void> taking) throws Exception {
        try {
            taking.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(COMMANDS - answers.size() + " commands have no answer, seed " + SEED + log(), e);
        }
        // What comes now was sent twice.
        for (int quiet = 0; quiet < 3; quiet++) {
            scheduler.resultWithin(Duration.ofSeconds(1)).ifPresent(this::take);
        }
    }

    private void check(Duration time) throws IOException {
        Map<Long, Integer> runs = runs();
        Map<String, Integer> ends = new HashMap<>();
        for (int id = FIRST; id < FIRST + COMMANDS; id++) {
            Set<JsonNode> all = answers.get((long) id);
            assertEquals(1, all.size(), "different answers of " + id + ", seed " + SEED + ": " + all);
            String end = end(all.iterator().next());
            ends.merge(end, 1, Integer::sum);
            int ran = runs.getOrDefault((long) id, 0);
            assertTrue(ran <= 1, id + " ran " + ran + " times, seed " + SEED);
            assertTrue(
                    end.equals("success") ? ran == 1 : end.equals("killed") || !isRun(id),
                    id + " ended with " + end + " and ran " + ran + " times, seed " + SEED);
        }
        assertEquals(List.of(), files("outbox"));
        assertEquals(
                List.of(),
                files("commands").stream().filter(f -> !f.endsWith(".lock")).toList());
        System.out.printf(
                "%d kills, %d commands, %d s, seed %d: %s, %d answers came again, 0 lost, 0 run twice%n",
                KILLS, COMMANDS, time.toSeconds(), SEED, ends, repeated);
    }

    private static String end(JsonNode answer) {
        String error = answer.get("results").get(0).path("errors").path(0).asText();
        if (error.equals(CommandRunner.KILLED)) {
            return "killed";
        }
        return error.isEmpty() ? answer.get("status").textValue() : error;
    }

    private Map<Long, Integer> runs() throws IOException {
        Map<Long, Integer> runs = new HashMap<>();
        Files.readAllLines(directory.resolve("marks")).forEach(line -> runs.merge(Long.valueOf(line), 1, Integer::sum));
        return runs;
    }

    private List<String> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("run").resolve(folder))) {
            return files.map(Path::toString).toList();
        }
    }

    private Process start() throws IOException {
        Process process = new ProcessBuilder(
                        java(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dmig.agent.rundir=" + directory.resolve("run"),
                        "-jar",
                        jar.toString(),
                        "-f",
                        "-c",
                        conf.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
        started.add(process);
        return process;
    }

    private String log() {
        try {
            List<String> lines = Files.readAllLines(directory.resolve("log"));
            return "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 100), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The module that tells how often it ran is not part of the shipped jar. */
    private Path jarWithProbe() throws IOException {
        Path copy = Files.copy(Path.of(System.getProperty("mig.agent.jar")), directory.resolve("agent.jar"));
        String name = ProbeModule.class.getName();
        String file = "/" + name.replace('.', '/') + ".class";
        try (FileSystem inside = FileSystems.newFileSystem(copy);
                InputStream compiled = ProbeModule.class.getResourceAsStream(file)) {
            Files.copy(compiled, inside.getPath(file));
            Files.writeString(
                    inside.getPath("/META-INF/services/ninja.mig.modules.Module"),
                    "\n" + name + "\n",
                    StandardOpenOption.APPEND);
        }
        return copy;
    }

    private void bake() throws Exception {
        Files.writeString(directory.resolve("bob.asc"), it.bob.publicKey());
        Files.writeString(directory.resolve("sam.asc"), it.sam.publicKey());
        Files.writeString(directory.resolve("acl.json"), it.acl());
        Path source = Files.writeString(
                directory.resolve("builtin.cfg"),
                Files.readString(conf)
                        + "modules = probe\n[pgp]\npublickey = bob.asc\npublickey = sam.asc\n[acl]\npermission = acl.json\n");
        Process baking = new ProcessBuilder(
                        java(),
                        "-cp",
                        jar.toString(),
                        BuiltinConfigCompiler.class.getName(),
                        "--into",
                        jar.toString(),
                        source.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertEquals(0, baking.waitFor(), this::log);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
