package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetSocketAddress;
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

    private final Invocation mig = new Invocation();

    @Test
    void printsItsVersionAndItsUsage() {
        assertEquals(0, mig.run("-V"));
        assertEquals("test\n", mig.printed());
        mig.forget();
        assertEquals(0, mig.run("--help"));
        assertTrue(mig.printed().startsWith("Usage of mig-agent:"), mig.printed());
        assertTrue(mig.printed().contains("\nModules of version test; "), mig.printed());
        assertTrue(mig.printed().contains("\n  file           searches files by name"), mig.printed());
    }

    @Test
    void listsItsModules() {
        assertEquals(0, mig.run("-l"));

        assertTrue(
                mig.printed().lines().anyMatch(line -> line.matches("file +test +on +searches files by name.*")),
                mig.printed());
        assertTrue(mig.printed().lines().anyMatch(line -> line.matches("netstat +test +off .*")), mig.printed());
    }

    @Test
    void explainsAWrongCommandLine() {
        assertEquals(2, mig.run("-x"));
        assertTrue(mig.said().contains("Usage of mig-agent:"), mig.said());
        assertEquals(2, mig.run("-p"));
        assertTrue(mig.said().contains("flag -p prints the result of a module"), mig.said());
        assertEquals("", mig.printed());
    }

    @Test
    void refusesABrokenConfigurationFile() throws Exception {
        Path file = Files.writeString(directory.resolve("x.cfg"), "[agent]\nrelay = nonsense\n");

        assertEquals(1, mig.run("-f", "-c", file.toString()));
        assertTrue(mig.said().contains("[error] [agent] relay in " + file), mig.said());
    }

    @Test
    void installsNoServiceThatCouldNotStart() throws Exception {
        Path file = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:b@localhost/\ninstallservice = on\n");

        assertEquals(1, mig.run("-u", "-c", file.toString()));
        assertTrue(mig.said().contains("a service runs the launcher mig-agent"), mig.said());
    }

    @Test
    void printsTheEffectiveSettingsWithoutSecrets() throws Exception {
        Path file = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:s3cret@localhost/\ntags = operator:tests\n");

        assertEquals(0, mig.run("-S", "-c", file.toString()));
        assertTrue(mig.printed().startsWith("TAGS : {\"operator\":\"tests\"}\n"), mig.printed());
        assertTrue(mig.printed().contains("\nAMQPBROKER : amqp://a:********@localhost/\n"), mig.printed());
        assertFalse(mig.printed().contains("s3cret"), mig.printed());
    }

    @Test
    void cannotAskWithoutASocketOrWhereNobodyListens() throws Exception {
        assertEquals(10, mig.run("-q", "pid"));
        assertTrue(mig.said().contains("[error] no stat socket is configured"), mig.said());

        Path file = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:b@localhost/\nsocket = \"127.0.0.1:1\"\n");
        assertEquals(10, mig.run("-q", "pid", "-c", file.toString()));
        assertTrue(mig.said().contains("does not answer on 127.0.0.1:1"), mig.said());
        assertEquals("", mig.printed());
    }

    @Test
    void opensNoSocketToOtherMachines() throws Exception {
        Path file = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:b@localhost/\nsocket = \"0.0.0.0:51664\"\n");

        assertEquals(1, mig.run("-f", "-c", file.toString()));
        assertTrue(mig.said().contains("expected a loopback address such as 127.0.0.1:51664"), mig.said());
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

    /** Cron starts what dies, and not what somebody had end. */
    @Test
    void isNotStartedByCronOnceItWasAskedToEnd() throws Exception {
        Path runDir = directory.resolve("run");
        assertTrue(Main.isMissed(runDir), "nobody has lived here yet");

        askedToEnd("-f");
        assertFalse(Main.isMissed(runDir));

        Path mark = runDir.resolve(ShutdownMark.FILE);
        assertTrue(Files.exists(mark));
        InetSocketAddress socket = StatTalk.freeAddress();
        CompletableFuture<Integer> again = serve(AgentFlags.parse(List.of("-f")), socket, () -> {});
        Await.until("the stat socket", () -> StatTalk.isOpen(socket));
        Await.until("the end of the mark", () -> !Files.exists(mark));
        shutDown(socket);
        assertEquals(0, again.get(30, TimeUnit.SECONDS));
    }

    @Test
    void saysThatItsArchiveIsThere() throws Exception {
        Files.createFile(directory.resolve("mig-agent-1.jsa"));
        Path mark = Files.createFile(directory.resolve("mig-agent-1.tried"));
        System.setProperty(
                ClassArchive.PROPERTY, directory.resolve("mig-agent-1").toString());
        try {
            assertEquals(0, mig.run("--archive"), mig::said);
        } finally {
            System.clearProperty(ClassArchive.PROPERTY);
        }

        assertTrue(mig.said().contains("[info] the archive of classes is there already"), mig.said());
        assertFalse(Files.exists(mark));
    }

    @Test
    void keepsTheStatusOfACheckInWhateverComesOfItsArchive() throws Exception {
        AgentFlags flags = AgentFlags.parse(List.of("-m", "agent-checkin"));
        System.setProperty(ClassArchive.PROPERTY, "/");
        try {
            assertDoesNotThrow(() -> Main.haveArchiveMade(flags));
        } finally {
            System.clearProperty(ClassArchive.PROPERTY);
        }
    }

    private List<String> askedToEnd(String... flags) throws Exception {
        List<String> told = new ArrayList<>();
        assertEquals(0, serveUntilAsked(AgentFlags.parse(List.of(flags)), () -> told.add("let go")));
        return told;
    }

    private int serveUntilAsked(AgentFlags flags, Main.Leaving manager) throws Exception {
        InetSocketAddress socket = StatTalk.freeAddress();
        CompletableFuture<Integer> serving = serve(flags, socket, manager);
        Await.until("the stat socket", () -> StatTalk.isOpen(socket));
        shutDown(socket);
        return serving.get(30, TimeUnit.SECONDS);
    }

    private void shutDown(InetSocketAddress socket) throws Exception {
        String id = Files.readString(directory.resolve("run").resolve(AgentIdentity.FILE));
        assertEquals(StatCommands.SHUTDOWN_REQUESTED, StatTalk.ask(socket, "shutdown " + id));
    }

    private CompletableFuture<Integer> serve(AgentFlags flags, InetSocketAddress socket, Main.Leaving manager)
            throws Exception {
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
        return serving;
    }

    @Test
    void answersForAMissingModule() throws Exception {
        assertEquals(0, mig.run("-m", "nosuch"));
        JsonNode document = MigJson.tree(mig.printed());
        assertEquals(
                "module 'nosuch' is not available",
                document.get("errors").get(0).textValue());

        mig.forget();
        assertEquals(0, mig.run("-m", "../../<x>\"", "-p"));
        assertEquals("module '../../<x>\"' is not available\n", mig.printed());
    }

    @Test
    void saysWhyAModuleIsOff() throws Exception {
        assertEquals(0, mig.run("-m", "netstat", "-p"));

        assertEquals(
                "module 'netstat' is not available: the built-in configuration does not list it, see [agent] modules\n",
                mig.printed());
    }

    @Test
    void runsAnActionFileWithItsParametersAndNoChecks() throws Exception {
        Path file = action("{\"Name\":\"x\",\"operations\":[{\"module\":\"probe\",\"parameters\":{\"do\":\"here\"}},"
                + "{\"module\":\"probe\"},{\"module\":\"nosuch\"}]}");

        assertEquals(0, mig.run("-i", file.toString()));

        JsonNode results = MigJson.tree(mig.printed());
        assertEquals("here", results.get(0).get("elements").get("found").textValue());
        assertEquals(
                "probe: say what to do", results.get(1).get("errors").get(0).textValue());
        assertEquals(
                "module 'nosuch' is not available",
                results.get(2).get("errors").get(0).textValue());
        assertTrue(mig.printed().contains("\n  "), "indented by two blanks");
    }

    @Test
    void printsAnActionFilesResultsForPeople() throws Exception {
        Path file = action("{\"operations\":[{\"module\":\"probe\",\"parameters\":{\"do\":\"here\"}}]}");

        assertEquals(0, mig.run("-i", file.toString(), "-p"));

        assertEquals("operation 'probe'\nprobe printed\n", mig.printed());
    }

    @Test
    void printsTheErrorsOfAnActionFileOnceAndFitForATerminal() throws Exception {
        Path file = action("{\"operations\":[{\"module\":\"probe\",\"parameters\":{\"do\":\"remark\"}},"
                + "{\"module\":\"\\u001b[2J\"}]}");

        assertEquals(0, mig.run("-i", file.toString(), "-p"));

        assertEquals(
                "operation 'probe'\nERROR: stat /t/\\x1b[31mred: gone\nwarning: half of it\nERROR: no more\n"
                        + "probe printed\noperation '\\x1b[2J'\nERROR: module '\\x1b[2J' is not available\n",
                mig.printed());
    }

    @Test
    void refusesAnActionFileThatIsNone() throws Exception {
        assertEquals(1, mig.run("-i", directory.resolve("none.json").toString()));
        assertTrue(mig.said().endsWith("none.json cannot be read: no such file or directory\n"), mig.said());
        assertEquals(1, mig.run("-i", action("nonsense").toString()));
        assertEquals(1, mig.run("-i", action("{}").toString()));
        assertTrue(mig.said().contains("it has no operations"), mig.said());
        assertEquals("", mig.printed());
    }

    private Path action(String json) throws Exception {
        return Files.writeString(directory.resolve("action.json"), json);
    }
}
