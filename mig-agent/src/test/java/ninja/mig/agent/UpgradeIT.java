package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import ninja.mig.model.Operation;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The agent as it is shipped replaces itself by a newer one, which then ends it. */
@ExtendWith(MigServices.class)
@Timeout(240)
@DisabledOnOs(OS.WINDOWS)
class UpgradeIT {
    private static final String OLD = "1.0.0.old";
    private static final String NEW = "1.0.1.new";

    @TempDir
    Path directory;

    private final Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private HttpServer files;
    private Process oldAgent;
    private long newAgent;

    @BeforeEach
    void serveFiles() throws IOException {
        directory = directory.toRealPath();
        files = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        files.start();
    }

    @AfterEach
    void end() throws Exception {
        files.stop(0);
        if (oldAgent != null) {
            oldAgent.destroyForcibly().waitFor();
        }
        ProcessHandle.of(newAgent).filter(agent -> newAgent > 0).ifPresent(agent -> {
            agent.descendants().forEach(ProcessHandle::destroyForcibly);
            agent.destroyForcibly();
        });
    }

    @Test
    void isReplacedByANewerOneThatEndsIt(AmqpBroker broker) throws Exception {
        Path sbin = Files.createDirectory(directory.resolve("sbin"));
        Path old = agent(sbin.resolve("mig-agent-" + OLD), OLD);
        Path link = Files.createSymbolicLink(sbin.resolve("mig-agent"), Path.of("mig-agent-" + OLD));
        byte[] content = Files.readAllBytes(agent(directory.resolve("offered"), NEW));
        files.createContext("/agent", exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(content);
            }
        });
        Path conf = Files.writeString(
                directory.resolve("agent.cfg"),
                "[agent]\nrelay = \"" + broker.uri(BrokerUser.AGENT)
                        + "\"\nheartbeatfreq = 30s\nmoduletimeout = 150s\n");

        try (SchedulerSide scheduler = new SchedulerSide(broker)) {
            oldAgent = start(old, conf);
            JsonNode before = heartbeat(scheduler, OLD);
            String queueLoc = before.get("queueloc").textValue();
            assertEquals(oldAgent.pid(), before.get("pid").longValue());

            scheduler.send(queueLoc, it.command(1, it.signed(it.draft(upgrade(content)), it.bob)));

            // Modules have a low priority: on a busy machine this takes its time.
            JsonNode upgraded = scheduler
                    .resultWithin(Duration.ofSeconds(150))
                    .orElseThrow()
                    .get("results")
                    .get(0);
            assertTrue(upgraded.get("success").booleanValue(), upgraded::toString);
            assertEquals(oldAgent.pid(), upgraded.get("elements").get("oldpid").longValue());
            JsonNode after = heartbeat(scheduler, NEW);
            newAgent = after.get("pid").longValue();
            assertEquals(queueLoc, after.get("queueloc").textValue(), "it has the same identity");
            assertNotEquals(oldAgent.pid(), newAgent);
            assertTrue(oldAgent.isAlive());
            assertTrue(Files.exists(directory.resolve("run/upgrade.log")));

            destroy(scheduler, queueLoc);

            assertTrue(oldAgent.waitFor(10, TimeUnit.SECONDS));
            assertFalse(Files.exists(old));
            assertTrue(ProcessHandle.of(newAgent).orElseThrow().isAlive());
            Path file = sbin.resolve("mig-agent-" + NEW);
            assertEquals(file, link.toRealPath());
            assertEquals("r-x------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
    }

    /** Both read the same queue, and the old one refuses to end itself: the order is given until the other one gets it. */
    private void destroy(SchedulerSide scheduler, String queueLoc) throws Exception {
        for (int id = 2; id < 20; id++) {
            // A digest of its own for each: such an action runs once.
            var order = it.draft(Investigation.operation(
                            "agentdestroy", "{\"pid\":" + oldAgent.pid() + ",\"version\":\"" + OLD + "\"}"))
                    .withTarget("queueloc='" + id + "'");
            scheduler.send(queueLoc, it.command(id, it.signed(order, it.bob)));
            JsonNode result = scheduler.resultTree().get("results").get(0);
            if (result.get("success").booleanValue()) {
                assertTrue(result.get("elements").textValue().contains("executable removed"), result::toString);
                return;
            }
            assertTrue(
                    result.get("errors").get(0).textValue().contains("is the agent that runs this very module"),
                    result::toString);
        }
        throw new AssertionError("the new agent never got the order");
    }

    private Operation upgrade(byte[] content) throws Exception {
        String platform = EnvironmentProbe.os() + "/" + EnvironmentProbe.arch(System.getProperty("os.arch"));
        String checksum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        return Investigation.operation(
                "upgrade",
                "{\"" + platform + "\":{\"to_version\":\"" + NEW + "\",\"location\":\"http://127.0.0.1:"
                        + files.getAddress().getPort() + "/agent\",\"checksum\":\"" + checksum + "\"}}");
    }

    /** The next one of that version; the queue may hold those of other tests. */
    private static JsonNode heartbeat(SchedulerSide scheduler, String version) throws InterruptedException {
        JsonNode heartbeat = scheduler.heartbeat();
        while (!heartbeat.get("version").asText().equals(version)) {
            heartbeat = scheduler.heartbeat();
        }
        return heartbeat;
    }

    /** Without its script, so that it makes no archive of classes, which takes longer than all the rest. */
    private Process start(Path program, Path conf) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-Dmig.agent.rundir=" + Files.createDirectory(directory.resolve("run")),
                        "-jar",
                        program.toString(),
                        "-f",
                        "-c",
                        conf.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("old.log").toFile());
        builder.environment().keySet().removeAll(List.of("INVOCATION_ID", "NOTIFY_SOCKET"));
        return builder.start();
    }

    /** The launcher of the build, with another version, with keys and with these two modules. */
    private Path agent(Path file, String version) throws Exception {
        Path jar = Files.copy(Path.of(System.getProperty("mig.agent.jar")), directory.resolve(version + ".jar"));
        Files.writeString(directory.resolve("bob.asc"), it.bob.publicKey());
        Files.writeString(directory.resolve("sam.asc"), it.sam.publicKey());
        Files.writeString(directory.resolve("acl.json"), it.acl());
        Path source = Files.writeString(
                directory.resolve("builtin.cfg"),
                "[agent]\nrelay = amqp://a:b@localhost/\nmodules = \"upgrade agentdestroy\"\n"
                        + "[pgp]\npublickey = bob.asc\npublickey = sam.asc\n[acl]\npermission = acl.json\n");
        Path compiled = directory.resolve("builtin.json");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        assertEquals(
                0,
                BuiltinConfigCompiler.run(
                        List.of("--out", compiled.toString(), "--version", version, source.toString()),
                        new PrintStream(said, true, StandardCharsets.UTF_8)),
                said::toString);
        try (FileSystem zip = FileSystems.newFileSystem(jar)) {
            Files.write(zip.getPath(BuiltinConfig.RESOURCE), Files.readAllBytes(compiled));
        }
        LauncherFile.write(jar, file);
        return file;
    }
}
