package ninja.mig.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.RealRabbitMq;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each benchmark, so small that its times say nothing: it runs, and finds nothing wrong. One of them always;
 * {@code -Dmig.bench.all=true} has all of them run, for who has changed them.
 */
@ExtendWith(MigServices.class)
@RealRabbitMq
class BenchIT {
    @TempDir
    private Path directory;

    private JsonNode run(String... arguments) throws Exception {
        Path json = directory.resolve("results.json");
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("--json", json.toString()));
        assertEquals(0, Main.run(line.toArray(String[]::new)));
        return MigJson.tree(Files.readAllBytes(json));
    }

    @Test
    @EnabledIfSystemProperty(named = "mig.bench.all", matches = "true")
    void measuresHeartbeats() throws Exception {
        JsonNode lines = run("heartbeats", "--agents", "20", "--messages", "100", "--whitelist-lines", "30")
                .path("heartbeats");

        assertEquals(8, lines.size());
        for (JsonNode line : lines) {
            assertTrue(line.path("perSecond").asDouble() > 0, line.toString());
            assertTrue(line.path("limitPerSecond").asDouble() > 0, line.toString());
            assertTrue(line.path("memory").path("residentPeak").asDouble() > 0, line.toString());
        }
    }

    @Test
    void measuresFanOut() throws Exception {
        JsonNode lines = run("fanout", "--agents", "1,15", "--repeat", "2").path("fanout");

        assertEquals(2, lines.size());
        for (JsonNode line : lines) {
            assertEquals(2, line.path("runs").size());
            assertTrue(line.path("seconds").asDouble() > 0, line.toString());
            assertTrue(line.path("brokerSeconds").asDouble() > 0, line.toString());
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "mig.bench.all", matches = "true")
    void measuresAStorm() throws Exception {
        JsonNode line = run("storm", "--agents", "20").path("storm");

        assertTrue(line.path("heardOf").asDouble() >= line.path("brokerUp").asDouble(), line.toString());
    }

    @Test
    @EnabledIfSystemProperty(named = "mig.bench.all", matches = "true")
    void measuresAnAgent() throws Exception {
        JsonNode agent = run("agent", "--starts", "1", "--idle-agents", "1", "--idle-seconds", "1", "--commands", "20")
                .path("agent");

        assertEquals(2, agent.path("starts").size());
        assertEquals(2, agent.path("idle").size());
        assertEquals(11, agent.path("growth").size());
        for (JsonNode line : agent.path("starts")) {
            assertTrue(line.path("heartbeat").asDouble() > 0, line.toString());
            assertTrue(line.path("moduleResident").asDouble() > 0, line.toString());
        }
        for (JsonNode line : agent.path("idle")) {
            assertTrue(line.path("resident").asDouble() > 0, line.toString());
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "mig.bench.all", matches = "true")
    void searchesFiles() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/time")), "GNU time is not installed");
        JsonNode lines = run(
                        "files",
                        "--directory",
                        directory.toString(),
                        "--small",
                        "2000",
                        "--medium",
                        "10",
                        "--large",
                        "1",
                        "--large-mib",
                        "2",
                        "--repeat",
                        "1")
                .path("files");

        assertEquals(6, lines.size());
        for (JsonNode line : lines) {
            assertTrue(line.path("found").asInt() > 0, line.toString());
            assertTrue(line.path("peakMiB").asDouble() > 0, line.toString());
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "mig.bench.all", matches = "true")
    void searchesMemory() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/time")), "GNU time is not installed");
        JsonNode lines = run("memory", "--mib", "3", "--repeat", "1").path("memory");

        assertEquals(6, lines.size());
        for (JsonNode line : lines) {
            assertTrue(line.path("peakMiB").asDouble() > 0, line.toString());
        }
    }
}
