package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ninja.mig.agent.service.HostFiles;
import ninja.mig.agent.service.ServiceTool;
import ninja.mig.agent.service.Start;
import ninja.mig.model.RejectedException;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the start of an agent does to a host, of which a folder takes the place. */
@Timeout(60)
class ServiceStartTest {
    @TempDir
    Path directory;

    private Path root;
    private Path launcher;

    @BeforeEach
    void makeAHost() throws Exception {
        root = Files.createDirectories(directory.resolve("host"));
        Files.createDirectories(root.resolve("etc/cron.d"));
        Files.createDirectories(directory.resolve("bin"));
        launcher = Scripts.recorder(directory.resolve("opt/mig-agent-1"), directory.resolve("started"));
    }

    @Test
    void installsTheServiceAndEnds() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));

        assertFalse(start("systemd", false, true, program()).isMine());

        assertEquals(
                "systemctl restart mig-agent.service",
                Scripts.lines(directory.resolve("calls")).get(2));
        assertTrue(Files.isSymbolicLink(root.resolve("sbin/mig-agent")));
        assertFalse(Files.exists(root.resolve("etc/cron.d/mig-agent")), "that is for the agent that systemd starts");
        assertEquals(List.of(), started());
    }

    @Test
    void goesIntoTheBackgroundOnAHostWithoutAServiceTool() throws Exception {
        assertFalse(start("systemd", false, true, program()).isMine());

        Await.until("the agent", () -> !started().isEmpty());
        assertEquals(List.of("mig-agent-1 -f"), started());
        assertFalse(Files.exists(root.resolve("etc/systemd")));
    }

    @Test
    void goesIntoTheBackgroundWhenNoServiceIsWanted() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));

        assertFalse(start("systemd", false, false, program()).isMine());

        Await.until("the agent", () -> !started().isEmpty());
        assertEquals(List.of(), Scripts.lines(directory.resolve("calls")));
    }

    @Test
    void servesUnderAServiceManagerAndHasCronWatch() throws Exception {
        assertTrue(start("systemd", true, true, program()).isMine());

        assertTrue(Files.readString(root.resolve("etc/cron.d/mig-agent")).contains("/sbin/mig-agent -q=pid"));
    }

    @Test
    void hasCronAskNobodyWhoCannotAnswer() throws Exception {
        ServiceStart start = new ServiceStart(
                facts("systemd", true, true),
                false,
                program(),
                Optional.empty(),
                new HostFiles(root),
                new ServiceTool(directory.resolve("bin").toString(), Duration.ofSeconds(20)),
                Duration.ZERO);

        Files.writeString(root.resolve("etc/cron.d/mig-agent"), "from the time when it could");

        assertTrue(start.isMine());

        assertFalse(Files.exists(root.resolve("etc/cron.d/mig-agent")));
    }

    @Test
    void leavesItsNumberForTheScriptOfSystemV() throws Exception {
        assertFalse(start("sysvinit", true, true, program()).isMine());

        Await.until("the agent", () -> !started().isEmpty());
        assertTrue(Files.readString(root.resolve("var/run/mig-agent.pid")).matches("[0-9]+\n"));
        assertTrue(Files.exists(root.resolve("etc/cron.d/mig-agent")));
    }

    @Test
    void makesNoServiceOfABareJar() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));
        Path jar = Files.write(directory.resolve("mig-agent.jar"), new byte[] {'P', 'K', 3, 4});
        AgentProgram bare = new AgentProgram("java", Optional.of(jar), List.of("-jar", jar.toString()));
        AgentProgram classes = new AgentProgram("java", Optional.empty(), List.of());

        for (AgentProgram program : List.of(bare, classes)) {
            String message = assertThrows(RejectedException.class, () -> start("systemd", false, true, program)
                            .isMine())
                    .getMessage();
            assertTrue(message.startsWith("a service runs the launcher mig-agent"), message);
        }
        assertEquals(List.of(), Scripts.lines(directory.resolve("calls")));
    }

    @Test
    void failsWhenTheInitSystemRefuses() throws Exception {
        Scripts.executable(directory.resolve("bin/systemctl"), "#!/bin/sh\necho no >&2\nexit 4\n");

        assertThrows(IOException.class, () -> start("systemd", false, true, program())
                .isMine());
        assertEquals(List.of(), started());
    }

    @Test
    void givesTheOldAgentTimeToAnswerBeforeItsServiceIsRestarted() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));
        Duration toAnswer = Duration.ofMillis(200);
        ServiceStart start = new ServiceStart(
                new Start("linux", "systemd", false, true, false, false, false, true, true),
                true,
                program(),
                Optional.empty(),
                new HostFiles(root),
                new ServiceTool(directory.resolve("bin").toString(), Duration.ofSeconds(20)),
                toAnswer);
        long before = System.nanoTime();

        assertFalse(start.isMine());

        assertTrue(System.nanoTime() - before >= toAnswer.toNanos());
        assertEquals(
                "systemctl --no-block restart mig-agent.service",
                Scripts.lines(directory.resolve("calls")).get(2));
    }

    private AgentProgram program() {
        return new AgentProgram("java", Optional.of(launcher), List.of("-jar", launcher.toString()));
    }

    private ServiceStart start(String init, boolean byDefinition, boolean installService, AgentProgram program) {
        return new ServiceStart(
                facts(init, byDefinition, installService),
                true,
                program,
                Optional.empty(),
                new HostFiles(root),
                new ServiceTool(directory.resolve("bin").toString(), Duration.ofSeconds(20)),
                Duration.ZERO);
    }

    private static Start facts(String init, boolean byDefinition, boolean installService) {
        return new Start("linux", init, false, false, byDefinition, false, false, installService, true);
    }

    private List<String> started() throws IOException {
        return Scripts.lines(directory.resolve("started"));
    }
}
