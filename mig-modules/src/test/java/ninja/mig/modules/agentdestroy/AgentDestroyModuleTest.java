package ninja.mig.modules.agentdestroy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.FakeAgent;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class AgentDestroyModuleTest {
    @TempDir
    Path temp;

    private final List<Process> processes = new ArrayList<>();
    private Path folder;
    private Path old;
    private AgentDestroyModule module;

    /** An old agent, and a newer one beside it, which runs the module. */
    @BeforeEach
    void install() throws Exception {
        assumeFalse(
                System.getProperty("os.name").startsWith("Windows"),
                "no command line of another process is seen there");
        folder = temp.toRealPath();
        old = FakeAgent.file(folder.resolve("mig-agent-1.0"), "1.0");
        Path own = Files.createFile(folder.resolve("mig-agent-2.0"));
        module = new AgentDestroyModule(() -> Optional.of(own), List.of());
    }

    @AfterEach
    void end() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    static Stream<VectorCase> valid() {
        return VectorCase.of("agentdestroy/valid");
    }

    static Stream<VectorCase> invalid() {
        return VectorCase.of("agentdestroy/invalid");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void takesWhatTheVectorsSay(VectorCase vector) throws Exception {
        AgentDestroyParameters bound = module.bind(MigJson.tree(vector.parameters(folder)));

        assertEquals(vector.json().at("/parameters/pid").asLong(), bound.pid());
        assertEquals(vector.json().at("/parameters/version").asText(), bound.version());
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatTheVectorsSay(VectorCase vector) {
        String parameters = vector.parameters(folder);

        if (vector.isRefusedByTheRun()) {
            String message = assertThrows(
                            RejectedException.class,
                            () -> module.run(module.bind(MigJson.tree(parameters)), RunContext.unlimited()))
                    .getMessage();
            assertTrue(message.contains("is the agent that runs this very module"), message);
        } else {
            assertThrows(InvalidParametersException.class, () -> module.bind(MigJson.tree(parameters)));
        }
    }

    private Process start(Object... arguments) throws IOException {
        Process process = FakeAgent.start(arguments);
        processes.add(process);
        return process;
    }

    private ModuleResult destroy(long pid, String version) throws Exception {
        return module.run(new AgentDestroyParameters(pid, version), RunContext.unlimited());
    }

    private void assertRefused(Process process, String version, String why) {
        String message = assertThrows(RejectedException.class, () -> destroy(process.pid(), version))
                .getMessage();
        assertTrue(message.contains(why), message);
        assertTrue(message.endsWith(": nothing was done"), message);
        assertTrue(process.isAlive());
    }

    @Test
    void endsAnAgentAndRemovesItsFile() throws Exception {
        Process agent = start("-jar", old, "-f");

        ModuleResult result = destroy(agent.pid(), "1.0");

        assertTrue(agent.waitFor(10, TimeUnit.SECONDS));
        assertFalse(Files.exists(old));
        assertTrue(result.success());
        assertFalse(result.foundAnything());
        String done = "PID " + agent.pid() + " from agent 1.0 has been killed and its executable removed from " + old;
        assertEquals(done, result.elements().asText());
        assertEquals(NullNode.getInstance(), result.statistics());
        assertEquals(List.of(done), module.print(result, true));
        assertEquals(List.of(done, "agentdestroy module has succeeded"), module.print(result, false));
    }

    @Test
    void endsAnAgentThatWasStartedFromItsFolder() throws Exception {
        Process agent = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        "mig-agent-1.0",
                        "ninja.mig.agent.Main",
                        "--service")
                .directory(folder.toFile())
                .start();
        processes.add(agent);
        assertEquals('s', agent.getInputStream().read());

        assertTrue(destroy(agent.pid(), "1.0").success());

        assertTrue(agent.waitFor(10, TimeUnit.SECONDS));
        assertFalse(Files.exists(old));
    }

    @Test
    void keepsAFileThatIsNeededOrNotItsOwnToRemove() throws Exception {
        module = new AgentDestroyModule(() -> Optional.of(old), List.of());
        ModuleResult same = destroy(start("-jar", old, "-f").pid(), "1.0");
        assertEquals(List.of(old + " was not removed: this agent runs from it too"), same.errors());
        assertTrue(same.success());
        assertTrue(same.elements().asText().endsWith("has been killed"));

        Path elsewhere = folder.resolve("x/mig-agent-9");
        module = new AgentDestroyModule(() -> Optional.of(elsewhere), List.of());
        ModuleResult foreign = destroy(start("-jar", old, "-f").pid(), "1.0");
        assertEquals(
                List.of(old + " was not removed: it does not lie beside the file of this agent"), foreign.errors());

        Path newer = folder.resolve("mig-agent-2.0");
        Path stable = Files.createSymbolicLink(folder.resolve("stable"), old);
        module = new AgentDestroyModule(() -> Optional.of(newer), List.of(stable));
        ModuleResult named = destroy(start("-jar", old, "-f").pid(), "1.0");
        assertEquals(List.of(old + " was not removed: " + stable + " leads to it"), named.errors());

        module = new AgentDestroyModule(() -> Optional.of(newer), List.of());
        Path link = Files.createSymbolicLink(folder.resolve("mig-agent"), Path.of("mig-agent-1.0"));
        ModuleResult linked = destroy(start("-jar", link, "-f").pid(), "1.0");
        assertEquals(List.of(old + " was not removed: " + link + " leads to it"), linked.errors());
        assertEquals(
                List.of(
                        linked.elements().asText(),
                        "[error] " + linked.errors().get(0),
                        "agentdestroy module has succeeded"),
                module.print(linked, false));
        assertTrue(Files.exists(old));
    }

    @Test
    void leavesWhatIsNotTheAgentThatIsMeant() throws Exception {
        assertRefused(start("-jar", old, "-f"), "1.1", "is an agent of version '1.0', and not of '1.1'");
        assertRefused(start("-jar", old, "-m", "file"), "1.0", "is no running agent");
        assertRefused(
                start("-jar", FakeAgent.file(folder.resolve("other"), "1.0"), "-f"),
                "1.0",
                "and not a file called mig-agent...");
        assertRefused(
                start("-cp", System.getProperty("java.class.path"), "ninja.mig.agent.Main", "-jar", old),
                "1.0",
                "is no running agent");
        assertTrue(Files.exists(old));
    }

    @Test
    void endsAnAgentWhoseFileWasReplacedAndLeavesTheOtherFile() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "this system does not tell which files a process has open");
        Process running = start("-jar", old, "-f");
        Files.delete(old);
        FakeAgent.file(old, "1.1");

        assertRefused(running, "1.1", "is an agent of version '1.0', and not of '1.1'");
        ModuleResult result = destroy(running.pid(), "1.0");

        assertTrue(running.waitFor(10, TimeUnit.SECONDS));
        assertTrue(result.success());
        assertEquals(
                List.of(old + " was not removed: it is another file than the one that was run, or gone"),
                result.errors());
        assertTrue(Files.exists(old));
    }

    @Test
    void endsAnAgentThatWasStartedByALinkWhichLeadsElsewhereNow() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "this system does not tell which files a process has open");
        Path link = Files.createSymbolicLink(folder.resolve("mig-agent"), Path.of("mig-agent-1.0"));
        Process running = start("-jar", link, "-f");
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("mig-agent-2.0"));

        assertTrue(destroy(running.pid(), "1.0").success());

        assertTrue(running.waitFor(10, TimeUnit.SECONDS));
        assertFalse(Files.exists(old));
    }

    @Test
    void leavesProgramsThatHaveAnAgentsNameOnly() throws Exception {
        Path program = Files.copy(Path.of("/bin/cat").toRealPath(), folder.resolve("mig-agent-9"));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process cat = new ProcessBuilder(program.toString()).start();
        processes.add(cat);
        // The kernel tells of the new program once it has begun.
        assumeTrue(cat.info().command().isPresent(), "this system does not tell what it runs");

        assertRefused(cat, "9", "is an agent of version '', and not of '9'");

        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertRefused(cat, "9", "which others can change");

        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can make files of others");
        Files.setAttribute(program, "unix:uid", 65534);
        assertRefused(cat, "9", "which belongs to '");
    }

    @Test
    void endsAProgramWhoseFileIsGone() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/exe")), "this system does not tell what a process runs");
        Path program = Files.copy(Path.of("/bin/cat").toRealPath(), folder.resolve("mig-agent-9"));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process cat = new ProcessBuilder(program.toString()).start();
        processes.add(cat);
        assertRefused(cat, "8", "is an agent of version '', and not of '8'");
        Files.delete(program);
        FakeAgent.file(program, "9");

        // The file that has the name now would say 9.
        assertRefused(cat, "9", "is an agent of version '', and not of '9'");
        assertTrue(Files.exists(program));
    }

    @Test
    void leavesProcessesOfOtherUsers() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            assertThrows(RejectedException.class, () -> destroy(2, "1.0"));
            return;
        }
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "there is no other user");
        Process sleep = new ProcessBuilder(
                        "/usr/bin/setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", "echo s; exec sleep 60")
                .start();
        processes.add(sleep);
        assertEquals('s', sleep.getInputStream().read());

        assertRefused(sleep, "1.0", "runs as another user");
    }

    @Test
    void leavesItsOwnAgentAndItself() throws Exception {
        Process agent = start("-jar", old, "-f");
        String before = System.getProperty("mig.parent");
        System.setProperty("mig.parent", Long.toString(agent.pid()));
        try {
            String message = assertThrows(RejectedException.class, () -> destroy(agent.pid(), "1.0"))
                    .getMessage();
            assertTrue(message.contains("is the agent that runs this very module"), message);
        } finally {
            if (before == null) {
                System.clearProperty("mig.parent");
            } else {
                System.setProperty("mig.parent", before);
            }
        }
        assertThrows(
                RejectedException.class, () -> destroy(ProcessHandle.current().pid(), "1.0"));
        assertTrue(agent.isAlive());
    }

    @Test
    void saysThatAProcessIsNotThere() throws Exception {
        Process agent = start("-jar", old, "-f");
        ProcessHandle handle = agent.toHandle();
        agent.destroyForcibly().waitFor();

        String message = assertThrows(RejectedException.class, () -> destroy(agent.pid(), "1.0"))
                .getMessage();

        assertTrue(message.endsWith("does not exist: nothing was done"), message);
        assertTrue(ProcessFacts.isDead(handle));
        assertTrue(Files.exists(old));
    }

    @Test
    void printsFailures() {
        ModuleResult failed = ModuleResult.failed("process 2 is no\u0007 agent");

        assertEquals(
                List.of("[error] process 2 is no\\x07 agent", "agentdestroy module has failed"),
                module.print(failed, false));
        assertEquals(List.of(), module.print(failed, true));
    }
}
