package ninja.mig.agent;

import static ninja.mig.agent.Investigation.operation;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The program as it is shipped: one jar, from which everything unused was taken away. */
@Timeout(180)
class AgentJarIT {
    private static final Path JAR = Path.of(System.getProperty("mig.agent.jar"));

    @TempDir
    Path directory;

    private record Ended(int status, String out, String err) {}

    @Test
    void tellsItsVersion() throws Exception {
        Ended ended = run(JAR, "", "-V");

        assertEquals(0, ended.status(), ended::err);
        assertTrue(ended.out().matches("[0-9].*\\.[a-z]+\n"), ended::out);
        assertEquals("", ended.err());
    }

    @Test
    void runsAModule() throws Exception {
        Path file = Files.writeString(directory.resolve("needle"), "x");
        String line = "{\"class\":\"parameters\",\"parameters\":{\"searches\":{\"s\":{\"paths\":[\"" + directory
                + "\"],\"names\":[\"^needle$\"]}}}}\n";

        Ended ended = run(JAR, line, "-m", "file");

        JsonNode document = MigJson.tree(ended.out());
        assertTrue(document.get("foundanything").booleanValue(), ended::toString);
        assertEquals(
                file.toString(),
                document.get("elements").get("s").get(0).get("file").textValue());
        assertEquals(0, ended.status());
    }

    @Test
    void answersMalformedInputWithADocument() throws Exception {
        for (String hostile : List.of("", "nonsense\n", "\0\0\0")) {
            Ended ended = run(JAR, hostile, "-m", "file");

            JsonNode document = MigJson.tree(ended.out());
            assertEquals(0, ended.status(), ended::toString);
            assertEquals(false, document.get("success").booleanValue(), ended::toString);
            assertEquals(1, document.get("errors").size(), ended::toString);
        }
    }

    @Test
    @ExtendWith(MigServices.class)
    void servesWithAConfigurationThatWasBuiltInAfterwards(AmqpBroker broker) throws Exception {
        Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        Path jar = Files.copy(JAR, directory.resolve("agent.jar"));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("r-x------"));
        assertEquals(0, bake(jar, it, broker).status());
        try (SchedulerSide scheduler = new SchedulerSide(broker)) {
            Process agent = start(
                    jar,
                    List.of("-Dmig.agent.rundir=" + directory.resolve("run")),
                    "-d",
                    "-c",
                    conf(broker).toString());
            try {
                String queueLoc = scheduler.heartbeat().get("queueloc").textValue();
                String parameters =
                        "{\"searches\":{\"s\":{\"paths\":[\"" + directory + "\"],\"names\":[\"^agent.jar$\"]}}}";
                scheduler.send(queueLoc, it.command(7, it.signed(it.draft(operation("file", parameters)), it.bob)));

                JsonNode answer = scheduler.resultTree();
                assertEquals("success", answer.get("status").textValue(), answer::toString);
                assertTrue(answer.get("results").get(0).get("foundanything").booleanValue(), answer::toString);

                agent.toHandle().destroy();
                assertTrue(agent.waitFor(20, TimeUnit.SECONDS), "it does not end");
                assertEquals(0, agent.exitValue(), () -> read("err"));
                assertEquals("", read("out"));
            } finally {
                agent.destroyForcibly();
            }
        }
    }

    private Ended bake(Path jar, Investigation it, AmqpBroker broker) throws Exception {
        Files.writeString(directory.resolve("bob.asc"), it.bob.publicKey());
        Files.writeString(directory.resolve("sam.asc"), it.sam.publicKey());
        Files.writeString(directory.resolve("acl.json"), it.acl());
        Path source = Files.writeString(
                directory.resolve("builtin.cfg"),
                Files.readString(conf(broker))
                        + "[pgp]\npublickey = bob.asc\npublickey = sam.asc\n[acl]\npermission = acl.json\n");
        return end(
                new ProcessBuilder(
                        java(),
                        "-cp",
                        jar.toString(),
                        BuiltinConfigCompiler.class.getName(),
                        "--into",
                        jar.toString(),
                        source.toString()),
                "");
    }

    private Path conf(AmqpBroker broker) throws IOException {
        return Files.writeString(
                directory.resolve("agent.cfg"),
                "[agent]\nrelay = \"" + broker.uri(BrokerUser.AGENT)
                        + "\"\nheartbeatfreq = 30s\n[logging]\nlevel = debug\n");
    }

    private Ended run(Path jar, String in, String... args) throws Exception {
        return end(builder(jar, List.of(), args), in);
    }

    private Process start(Path jar, List<String> flags, String... args) throws IOException {
        return builder(jar, flags, args)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    private static ProcessBuilder builder(Path jar, List<String> flags, String... args) {
        List<String> command = new ArrayList<>(List.of(java(), "-XX:TieredStopAtLevel=1"));
        command.addAll(flags);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }

    private Ended end(ProcessBuilder builder, String in) throws Exception {
        Process process = builder.redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(in.getBytes(StandardCharsets.UTF_8));
        }
        int status = process.waitFor();
        return new Ended(status, read("out"), read("err"));
    }

    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
