package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.platform.testing.Await;
import ninja.mig.runtime.Routines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsItsVersionAndItsUsage() {
        assertEquals(0, run("-V"));
        assertEquals("test\n", printed());
        out.reset();
        assertEquals(0, run("--help"));
        assertTrue(printed().startsWith("Usage of mig-agent:"), printed());
        assertTrue(printed().contains("\nModules of version test; "), printed());
        assertTrue(printed().contains("\n  file           searches files by name"), printed());
    }

    @Test
    void explainsAWrongCommandLine() {
        assertEquals(2, run("-x"));
        assertTrue(said().contains("Usage of mig-agent:"), said());
        assertEquals(2, run("-p"));
        assertTrue(said().contains("flag -p prints the result of a module"), said());
        assertEquals("", printed());
    }

    @Test
    void refusesABrokenConfigurationFile() throws Exception {
        Path file = Files.writeString(directory.resolve("x.cfg"), "[agent]\nrelay = nonsense\n");

        assertEquals(1, run("-f", "-c", file.toString()));
        assertTrue(said().contains("[error] [agent] relay in " + file), said());
    }

    @Test
    void installsNoServiceThatCouldNotStart() throws Exception {
        Path file = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:b@localhost/\ninstallservice = on\n");

        assertEquals(1, run("-u", "-c", file.toString()));
        assertTrue(said().contains("a service runs the launcher mig-agent"), said());
    }

    @Test
    void printsTheEffectiveSettingsWithoutSecrets() throws Exception {
        Path file = Files.writeString(directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:s3cret@localhost/\n");

        assertEquals(0, run("-S", "-c", file.toString()));
        assertTrue(printed().startsWith("TAGS : {\"operator\":\"tests\"}\n"), printed());
        assertTrue(printed().contains("\nAMQPBROKER : amqp://a:********@localhost/\n"), printed());
        assertFalse(printed().contains("s3cret"), printed());
    }

    @Test
    void cannotAskWithoutASocketOrWhereNobodyListens() throws Exception {
        assertEquals(10, run("-q", "pid"));
        assertTrue(said().contains("[error] no stat socket is configured"), said());

        Path file = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:b@localhost/\nsocket = \"127.0.0.1:1\"\n");
        assertEquals(10, run("-q", "pid", "-c", file.toString()));
        assertTrue(said().contains("does not answer on 127.0.0.1:1"), said());
        assertEquals("", printed());
    }

    @Test
    void opensNoSocketToOtherMachines() throws Exception {
        Path file = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:b@localhost/\nsocket = \"0.0.0.0:51664\"\n");

        assertEquals(1, run("-f", "-c", file.toString()));
        assertTrue(said().contains("expected a loopback address such as 127.0.0.1:51664"), said());
    }

    @Test
    void hasItsServiceManagerLetItEndWhenItIsAskedTo() throws Exception {
        assertEquals(List.of("let go"), askedToEnd("--service", "-f"));
        assertEquals(List.of(), askedToEnd("-f"));
    }

    @Test
    void endsEvenIfItsServiceManagerIsNotToldOfIt() throws Exception {
        assertEquals(0, serveUntilAsked(AgentFlags.parse(List.of("--service")), () -> {
            throw new IOException("no such unit");
        }));
    }

    private List<String> askedToEnd(String... flags) throws Exception {
        List<String> told = new ArrayList<>();
        assertEquals(0, serveUntilAsked(AgentFlags.parse(List.of(flags)), () -> told.add("let go")));
        return told;
    }

    private int serveUntilAsked(AgentFlags flags, Main.Leaving manager) throws Exception {
        InetSocketAddress socket = StatTalk.freeAddress();
        AgentConf conf = new Investigation()
                .conf("[agent]\nrelay = amqp://a:b@127.0.0.1:1/\nisimmortal = on\nsocket = \"127.0.0.1:"
                        + socket.getPort() + "\"\n");
        Path runDir = directory.resolve("run");
        CompletableFuture<Integer> serving = new CompletableFuture<>();
        Routines.thread("agent", () -> {
                    try {
                        serving.complete(Main.serve(flags, conf, false, runDir, manager));
                    } catch (Exception e) {
                        serving.completeExceptionally(e);
                    }
                })
                .start();
        Await.until("the stat socket", () -> StatTalk.isOpen(socket));
        String id = Files.readString(runDir.resolve(AgentIdentity.FILE));
        assertEquals(StatCommands.SHUTDOWN_REQUESTED, StatTalk.ask(socket, "shutdown " + id));
        return serving.get(30, TimeUnit.SECONDS);
    }

    @Test
    void answersForAMissingModule() throws Exception {
        assertEquals(0, run("-m", "nosuch"));
        JsonNode document = MigJson.tree(printed());
        assertEquals(
                "module 'nosuch' is not available",
                document.get("errors").get(0).textValue());

        out.reset();
        assertEquals(0, run("-m", "../../<x>\"", "-p"));
        assertEquals("module '../../<x>\"' is not available\n", printed());
    }

    @Test
    void runsAnActionFileWithItsParametersAndNoChecks() throws Exception {
        Path file = action("{\"Name\":\"x\",\"operations\":[{\"module\":\"probe\",\"parameters\":{\"do\":\"here\"}},"
                + "{\"module\":\"probe\"},{\"module\":\"nosuch\"}]}");

        assertEquals(0, run("-i", file.toString()));

        JsonNode results = MigJson.tree(printed());
        assertEquals("here", results.get(0).get("elements").get("found").textValue());
        assertEquals(
                "probe: say what to do", results.get(1).get("errors").get(0).textValue());
        assertEquals(
                "module 'nosuch' is not available",
                results.get(2).get("errors").get(0).textValue());
        assertTrue(printed().contains("\n  "), "indented by two blanks");
    }

    @Test
    void printsAnActionFilesResultsForPeople() throws Exception {
        Path file = action("{\"operations\":[{\"module\":\"probe\",\"parameters\":{\"do\":\"here\"}}]}");

        assertEquals(0, run("-i", file.toString(), "-p"));

        assertEquals("operation 'probe'\nprobe printed\n", printed());
    }

    @Test
    void refusesAnActionFileThatIsNone() throws Exception {
        assertEquals(1, run("-i", directory.resolve("none.json").toString()));
        assertEquals(1, run("-i", action("nonsense").toString()));
        assertEquals(1, run("-i", action("{}").toString()));
        assertTrue(said().contains("it has no operations"), said());
        assertEquals("", printed());
    }

    private Path action(String json) throws Exception {
        return Files.writeString(directory.resolve("action.json"), json);
    }

    private int run(String... args) {
        return Main.run(
                List.of(args),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
