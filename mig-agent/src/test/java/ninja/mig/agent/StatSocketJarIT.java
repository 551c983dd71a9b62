package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shipped jar, as agent and as its client; no relay is there, which the stat socket does not need. */
@Timeout(120)
class StatSocketJarIT {
    private static final Path JAR = Path.of(System.getProperty("mig.agent.jar"));

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();
    private InetSocketAddress address;
    private Path conf;

    private record Ended(int status, String out, String err) {}

    @BeforeEach
    void configure() throws Exception {
        address = StatTalk.freeAddress();
        conf = Files.writeString(
                directory.resolve("agent.cfg"),
                "[agent]\nrelay = \"amqp://agent:s3cret@127.0.0.1:1/mig\"\nsocket = \"127.0.0.1:" + address.getPort()
                        + "\"\nisimmortal = on\n");
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void isAskedAndStopped() throws Exception {
        Process agent = start("run", "agent", "-f");
        Await.until("the agent's socket", () -> StatTalk.isOpen(address));

        Ended pid = query("pid");
        assertEquals(agent.pid() + "\n", pid.out(), pid::toString);
        assertEquals(0, pid.status());
        Ended help = query("help");
        assertEquals(StatCommands.HELP, help.out(), help::toString);
        Ended status = query("status");
        assertTrue(status.out().contains("\nrelay: away; 127.0.0.1:"), status::toString);
        assertTrue(status.out().contains("last connected: never\n"), status::toString);

        Ended shutdown = query("shutdown");
        assertEquals(
                "shutdown requested\nwaiting for the agent to shut down\ndone\n", shutdown.out(), shutdown::toString);
        assertEquals(0, shutdown.status());
        assertTrue(agent.waitFor(20, TimeUnit.SECONDS), "it does not end");
        assertEquals(0, agent.exitValue(), () -> read("agent.err"));
        String id = Files.readString(directory.resolve("run/.migagtid"));
        assertFalse(read("agent.err").contains(id), "the id is not logged");

        assertEquals(10, query("pid").status());
    }

    @Test
    void isNotOpenedTwiceOnOneHost() throws Exception {
        Process first = start("run", "first", "-f");
        Await.until("the agent's socket", () -> StatTalk.isOpen(address));

        Process second = start("other", "second", "-f");
        Await.until("the second to say so", () -> read("second.err").contains("another agent may hold it"));

        assertTrue(second.isAlive(), () -> read("second.err"));
        assertEquals(first.pid() + "\n", query("pid").out());
    }

    @Test
    void doesNotHandItsIdToAnythingThatListens() throws Exception {
        Files.createDirectories(directory.resolve("run"));
        Files.writeString(directory.resolve("run/.migagtid"), "58b3mndjmbb00");
        try (Impostor impostor = new Impostor(ProcessHandle.current().pid() + "\n", address)) {
            assertEquals(10, query("pid").status());
            Ended shutdown = query("shutdown");

            assertEquals(10, shutdown.status(), shutdown::toString);
            assertTrue(shutdown.err().contains("is no running agent"), shutdown::err);
            assertEquals("", shutdown.out());
            assertFalse(impostor.heard("shutdown") || impostor.heard("58b3mndjmbb00"));
        }
    }

    @Test
    void printsItsSettingsWithoutSecrets() throws Exception {
        Ended ended = run("run", "-S", "-c", conf.toString());

        assertEquals(0, ended.status(), ended::toString);
        assertTrue(ended.out().contains("AMQPBROKER : amqp://agent:********@127.0.0.1:"), ended::out);
        assertTrue(ended.out().contains("SOCKET : 127.0.0.1:" + address.getPort() + "\n"), ended::out);
        assertFalse((ended.out() + ended.err()).contains("s3cret"), ended::toString);
    }

    private Ended query(String query) throws Exception {
        return run("run", "-c", conf.toString(), "-q=" + query);
    }

    private Process start(String runDir, String name, String... flags) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(flags));
        arguments.addAll(List.of("-c", conf.toString()));
        Process process = builder(runDir, name, arguments).start();
        processes.add(process);
        return process;
    }

    private Ended run(String runDir, String... arguments) throws Exception {
        int status = builder(runDir, "client", List.of(arguments)).start().waitFor();
        return new Ended(status, read("client.out"), read("client.err"));
    }

    private ProcessBuilder builder(String runDir, String name, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dmig.agent.rundir=" + directory.resolve(runDir),
                "-jar",
                JAR.toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .redirectError(directory.resolve(name + ".err").toFile());
    }

    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
