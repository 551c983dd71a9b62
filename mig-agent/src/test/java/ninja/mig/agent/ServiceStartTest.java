package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import ninja.mig.agent.service.HostFiles;
import ninja.mig.agent.service.ServiceTool;
import ninja.mig.agent.service.Start;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.RejectedException;
import ninja.mig.platform.testing.Await;
import ninja.mig.relay.RelayException;
import ninja.mig.runtime.Routines;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the start of an agent does to a host, of which a folder takes the place. */
@Timeout(60)
class ServiceStartTest {
    private static final long OLD = 4242;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Invocation terminal = new Invocation();
    private PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    private boolean logsToStream = true;
    private Takeover.Trial trial = () -> {};
    private Path root;
    private Path launcher;

    @BeforeEach
    void makeAHost() throws Exception {
        root = Files.createDirectories(directory.resolve("host"));
        Files.createDirectories(root.resolve("etc/cron.d"));
        Files.createDirectories(directory.resolve("bin"));
        launcher = Scripts.recorder(directory.resolve("opt/mig-agent-1"), directory.resolve("started"));
        Files.setPosixFilePermissions(launcher.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
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
        assertEquals(
                "[info] service mig-agent is installed: it runs now, and with each start of this host. To undo that: "
                        + launcher + " --remove-service; to run an agent here and install nothing: " + launcher
                        + " -f\n",
                terminal.said());
    }

    @Test
    void warnsThatAnAgentInTheBackgroundHasNoLog() throws Exception {
        String warning = "[warning] the agent in the background has no log: [logging] mode is 'stdout'";
        try (Logging logging = Logging.setUp(LoggingConf.toStream(Severity.INFO), "mig-agent", out)) {
            logsToStream = false;
            start("systemd", false, false, program()).isMine();
            assertFalse(said.toString(StandardCharsets.UTF_8).contains(warning));

            logsToStream = true;
            start("systemd", false, false, program()).isMine();
            assertTrue(said.toString(StandardCharsets.UTF_8).contains(warning));
        }
        Await.until("both agents", () -> started().size() == 2);
    }

    @ParameterizedTest
    @CsvSource({"upstart, initctl, true", "sysvinit, service, true", "systemd, systemctl, false"})
    void warnsOfAServiceThatHasNoLog(String init, String toolName, boolean warns) throws Exception {
        Scripts.recorder(directory.resolve("bin").resolve(toolName), directory.resolve("calls"));
        String warning = "[warning] the service has no log: [logging] mode is 'stdout', which " + init + " does not";
        try (Logging logging = Logging.setUp(LoggingConf.toStream(Severity.INFO), "mig-agent", out)) {
            logsToStream = false;
            assertFalse(start(init, false, true, program()).isMine());
            assertFalse(said.toString(StandardCharsets.UTF_8).contains("has no log"));

            logsToStream = true;
            assertFalse(start(init, false, true, program()).isMine());
            assertEquals(warns, said.toString(StandardCharsets.UTF_8).contains(warning));
        }
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
                true,
                program(),
                Optional.empty(),
                new HostFiles(root),
                tool(),
                takeover(Duration.ZERO),
                terminal.err());

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
        assertEquals("", terminal.said());
    }

    @Test
    void restartsTheOldAgentOnceItHasAnswered() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));
        Path running = Files.createDirectories(runDir().resolve("commands/1")).resolve("1-7.running");
        Path answer = Files.createDirectories(runDir().resolve("outbox")).resolve("0000000000000000001-7.json");
        Files.writeString(running, "{}");
        CompletableFuture<Boolean> mine = inBackground(upgrade(Duration.ofSeconds(60)));

        Await.until("the sign", () -> said.toString(StandardCharsets.UTF_8).equals("ready\n"));
        Files.writeString(answer, "{}");
        Files.delete(running);
        assertEquals(List.of(), Scripts.lines(directory.resolve("calls")));
        Files.delete(answer);

        assertFalse(mine.get(30, TimeUnit.SECONDS));
        assertEquals(
                "systemctl --no-block restart mig-agent.service",
                Scripts.lines(directory.resolve("calls")).get(2));
    }

    @Test
    void doesNotWaitForEverForTheOldAgent() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));
        Path commands = Files.createDirectories(runDir().resolve("commands/1"));
        Files.writeString(commands.resolve("1-7.running"), "{}");

        assertFalse(upgrade(Duration.ofMillis(200)).isMine());

        assertEquals(3, Scripts.lines(directory.resolve("calls")).size());
    }

    @Test
    void leavesTheOldAgentAloneIfItCannotConnectItself() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));
        trial = () -> {
            throw new RelayException("no way");
        };

        assertUpgradeRefused("the new agent cannot connect to the relay, the old one goes on: no way");
    }

    @Test
    void leavesTheOldAgentAloneIfNobodyWaitsForTheNewOne() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));
        out = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        });

        assertUpgradeRefused("the upgrade that started this agent has ended: nothing was changed");
    }

    @Test
    void looksAtItsFilesBeforeItConnects() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));
        trial = () -> {
            throw new IllegalStateException("it connects");
        };
        Files.setPosixFilePermissions(launcher.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));

        String message = assertThrows(
                        IOException.class, () -> upgrade(Duration.ZERO).isMine())
                .getMessage();

        assertTrue(message.startsWith("no service is made of this agent: "), message);
        assertEquals(List.of(), Scripts.lines(directory.resolve("calls")));
    }

    @Test
    void upgradesOnceAtATime() throws Exception {
        Scripts.recorder(directory.resolve("bin/systemctl"), directory.resolve("calls"));
        try (Takeover other = takeover(Duration.ZERO)) {
            other.begin();
            assertUpgradeRefused("another upgrade of this agent is about to restart it");
        }
    }

    @Test
    void restartsTheUnitThatLooksAfterTheOldAgent() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root restarts units");
        systemctlKnows(launcher);

        assertFalse(upgradeWithoutService().isMine());

        List<String> calls = Scripts.lines(directory.resolve("calls"));
        assertEquals("systemctl --no-block restart site-agent.service", calls.get(calls.size() - 1));
        assertEquals(List.of(), started(), "there is no second agent");
        assertFalse(Files.exists(root.resolve("etc/systemd")));
    }

    @Test
    void leavesAUnitThatWouldStartTheOldVersionAgain() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root restarts units");
        Path older = Scripts.recorder(directory.resolve("opt/mig-agent-0"), directory.resolve("started"));
        systemctlKnows(older);

        String message = assertThrows(
                        RejectedException.class, () -> upgradeWithoutService().isMine())
                .getMessage();

        assertEquals(
                "the unit site-agent.service runs " + older
                        + ", which is another version: it must run the link mig-agent",
                message);
    }

    /** Of the unit {@code site-agent.service}, whose main process is the old agent. */
    private void systemctlKnows(Path program) throws IOException {
        Scripts.executable(
                directory.resolve("bin/systemctl"),
                "#!/bin/sh\necho \"${0##*/} $*\" >>'" + directory.resolve("calls")
                        + "'\ncase $2 in\n--property=MainPID) echo MainPID=" + OLD
                        + ";;\n--property=ExecStart) echo 'ExecStart={ path=" + program + " ; argv[]=" + program
                        + " -f ; }';;\nesac\n");
        Path process = Files.createDirectories(directory.resolve("proc/" + OLD));
        Files.writeString(process.resolve("cgroup"), "0::/system.slice/site-agent.service\n");
    }

    private void assertUpgradeRefused(String reason) throws Exception {
        RejectedException e = assertThrows(
                RejectedException.class, () -> upgrade(Duration.ZERO).isMine());
        assertEquals(reason, e.getMessage());
        assertEquals(List.of(), Scripts.lines(directory.resolve("calls")));
        assertEquals(List.of(), started());
    }

    private static CompletableFuture<Boolean> inBackground(ServiceStart start) {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        Routines.thread("upgrade", () -> {
                    try {
                        mine.complete(start.isMine());
                    } catch (Exception e) {
                        mine.completeExceptionally(e);
                    }
                })
                .start();
        return mine;
    }

    private ServiceStart upgrade(Duration limit) throws IOException {
        return start(new Start("linux", "systemd", false, true, false, false, false, true, true), limit);
    }

    private ServiceStart upgradeWithoutService() throws IOException {
        return start(new Start("linux", "systemd", false, true, false, false, false, false, true), Duration.ZERO);
    }

    private ServiceStart start(Start start, Duration limit) throws IOException {
        return new ServiceStart(
                start,
                true,
                true,
                program(),
                Optional.empty(),
                new HostFiles(root),
                tool(),
                takeover(limit),
                terminal.err());
    }

    private Takeover takeover(Duration limit) throws IOException {
        return new Takeover(() -> trial.connect(), out, runDir(), directory.resolve("proc"), Optional.of(OLD), limit);
    }

    private Path runDir() throws IOException {
        return Files.createDirectories(directory.resolve("run"));
    }

    private ServiceTool tool() {
        return new ServiceTool(directory.resolve("bin").toString(), Duration.ofSeconds(20));
    }

    private AgentProgram program() {
        return new AgentProgram("java", Optional.of(launcher), List.of("-jar", launcher.toString()));
    }

    private ServiceStart start(String init, boolean byDefinition, boolean installService, AgentProgram program)
            throws IOException {
        return new ServiceStart(
                facts(init, byDefinition, installService),
                true,
                logsToStream,
                program,
                Optional.empty(),
                new HostFiles(root),
                tool(),
                takeover(Duration.ZERO),
                terminal.err());
    }

    private static Start facts(String init, boolean byDefinition, boolean installService) {
        return new Start("linux", init, false, false, byDefinition, false, false, installService, true);
    }

    private List<String> started() throws IOException {
        return Scripts.lines(directory.resolve("started"));
    }
}
