package ninja.mig.modules.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class SuccessorTest {
    private static final long AGENT = 42;

    @TempDir
    Path folder;

    private Path proc;
    private Path bin;

    @BeforeEach
    void makeHost() throws IOException {
        proc = folder.resolve("proc");
        bin = Files.createDirectory(folder.resolve("bin"));
        process(Long.toString(AGENT), 0, "0::/system.slice/mig-agent.service\n");
        process("self", 10, "0::/system.slice/mig-agent.service\n");
    }

    private void process(String name, int nice, String cgroup) throws IOException {
        Path process = Files.createDirectories(proc.resolve(name));
        Files.writeString(
                process.resolve("stat"),
                "42 (a) b) S 1 42 42 0 -1 4194560 1 0 0 0 1 2 0 0 20 " + nice + " 1 0 7 8 9\n");
        Files.writeString(process.resolve("cgroup"), cgroup);
    }

    private Path program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    private Successor successor(boolean root) {
        return successor(root, RunContext.unlimited());
    }

    private Successor successor(boolean root, RunContext context) {
        return new Successor(
                new Successor.Host(
                        proc,
                        bin + ":/usr/bin:/bin",
                        AGENT,
                        Optional.of(Path.of("/etc/mig/x.cfg")),
                        folder,
                        root,
                        Map.of("HTTP_PROXY", "proxy.example.net:3128", "MIG_JAVA_OPTS", "-Xmx80m", "USER", "x")),
                context);
    }

    /** Only the programs of this host that a test makes. */
    private List<String> command(Path file, boolean root) throws IOException {
        return new Successor(
                        new Successor.Host(proc, bin.toString(), AGENT, Optional.empty(), folder, root, Map.of()),
                        RunContext.unlimited())
                .command(file);
    }

    private static void stopWhenThereIs(Path file, RunContext context) {
        Thread thread = new Thread(() -> {
            while (!Files.exists(file)) {
                LockSupport.parkNanos(10_000_000);
            }
            context.requestStop();
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void leavesServicePriorityAndSessionOfTheModule() throws Exception {
        Path agent = program(folder.resolve("mig-agent"), "#!/bin/sh\n");
        for (String tool : List.of("systemd-run", "nice", "ionice", "setsid")) {
            program(bin.resolve(tool), "#!/bin/sh\n");
        }

        assertEquals(
                List.of(
                        bin + "/systemd-run",
                        "--quiet",
                        "--scope",
                        "--unit=mig-agent-upgrade-" + ProcessHandle.current().pid(),
                        "--",
                        bin + "/nice",
                        "-n",
                        "-10",
                        bin + "/ionice",
                        "-t",
                        "-c",
                        "0",
                        bin + "/setsid",
                        agent.toString(),
                        "-u"),
                command(agent, true));
        assertEquals(List.of(bin + "/setsid", agent.toString(), "-u"), command(agent, false));
    }

    @Test
    void needsNoneOfThatWhereItIsNotNeeded() throws Exception {
        Path agent = program(folder.resolve("mig-agent"), "#!/bin/sh\n");
        for (String tool : List.of("systemd-run", "nice", "setsid")) {
            program(bin.resolve(tool), "#!/bin/sh\n");
        }
        process(Long.toString(AGENT), 10, "12:memory:/docker/x.service/y\n0::/user.slice/session-1.scope\n");

        assertEquals(List.of(bin + "/setsid", agent.toString(), "-u"), command(agent, true));

        Files.delete(bin.resolve("setsid"));
        Files.delete(proc.resolve(AGENT + "/cgroup"));
        Files.delete(proc.resolve("self/stat"));
        assertEquals(List.of(agent.toString(), "-u"), command(agent, true));
    }

    @Test
    void startsABareJarWithThisJava() throws Exception {
        Path jar = Files.write(folder.resolve("mig-agent"), new byte[] {'P', 'K', 3, 4});

        assertEquals(
                List.of(System.getProperty("java.home") + "/bin/java", "-jar", jar.toString(), "-u"),
                command(jar, false));
    }

    @Test
    void startsInASessionOfItsOwnWithTheAgentsSettings() throws Exception {
        Path said = folder.resolve("said");
        Path agent = program(
                folder.resolve("mig-agent"),
                "#!/bin/sh\n{ echo \"$@\"; env | sort; [ ! -e /proc/self ] || cut -d' ' -f1,6 /proc/$$/stat; pwd; } >'"
                        + said + "'\n");

        successor(false).start(agent, Duration.ofSeconds(30));

        List<String> lines = Files.readAllLines(said);
        assertEquals("-u -c /etc/mig/x.cfg", lines.get(0));
        assertTrue(lines.contains("MIG_RUNDIR=" + folder), lines::toString);
        assertTrue(lines.contains("MIG_JAVA_HOME=" + System.getProperty("java.home")), lines::toString);
        assertTrue(lines.contains("HTTP_PROXY=proxy.example.net:3128"), lines::toString);
        assertTrue(lines.contains("MIG_JAVA_OPTS=-Xmx80m"), lines::toString);
        assertTrue(lines.contains("MIG_REPLACES=" + AGENT), lines::toString);
        assertTrue(lines.stream().noneMatch(line -> line.startsWith("USER=") || line.startsWith("JAVA_HOME=")));
        assertEquals("/", lines.get(lines.size() - 1));
        if (Files.exists(Path.of("/proc/self")) && Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            String[] pidAndSession = lines.get(lines.size() - 2).split(" ");
            assertEquals(pidAndSession[0], pidAndSession[1]);
        }
    }

    private String refused(Path agent, Duration limit) {
        return assertThrows(RejectedException.class, () -> successor(false).start(agent, limit))
                .getMessage();
    }

    @Test
    void tellsThatTheNewAgentFailedAndWhy() throws Exception {
        Path agent = program(
                folder.resolve("mig-agent"), "#!/bin/sh\necho first >&2\necho 'no way to the relay' >&2\nexit 3\n");

        String message = refused(agent, Duration.ofSeconds(30));

        assertTrue(message.endsWith("mig-agent -u, ended with status 3: no way to the relay"), message);
        Path said = folder.resolve("upgrade.log");
        assertEquals("first\nno way to the relay\n", Files.readString(said));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(said)));

        program(agent, "#!/bin/sh\nexit 4\n");
        message = refused(agent, Duration.ofSeconds(30));
        assertTrue(message.endsWith("mig-agent -u, ended with status 4"), message);
    }

    @Test
    void leavesAnAgentThatIsReadyToItsWork() throws Exception {
        Path number = folder.resolve("number");
        Path agent = program(
                folder.resolve("mig-agent"), "#!/bin/sh\necho $$ >'" + number + "'\necho ready\nexec sleep 60\n");

        successor(false).start(agent, Duration.ofSeconds(30));

        ProcessHandle process = ProcessHandle.of(
                        Long.parseLong(Files.readString(number).strip()))
                .orElseThrow();
        assertTrue(process.isAlive());
        process.destroyForcibly();
    }

    @Test
    void endsAnAgentThatIsNotReadyInTime() throws Exception {
        Path number = folder.resolve("number");
        Path agent = program(
                folder.resolve("mig-agent"),
                "#!/bin/sh\necho $$ >'" + number + "'\necho later\necho trying >&2\nexec sleep 60\n");

        String message = refused(agent, Duration.ofSeconds(1));

        assertTrue(message.endsWith("mig-agent -u, was not ready within 1 s: trying"), message);
        assertTrue(ProcessHandle.of(Long.parseLong(Files.readString(number).strip()))
                .filter(ProcessHandle::isAlive)
                .isEmpty());
    }

    /** A link that stayed turned would start a version at the next boot that never showed that it works. */
    @Test
    void endsAnAgentThatIsNotReadyWhenItsOwnAgentEnds() throws Exception {
        Path number = folder.resolve("number");
        Path agent = program(
                folder.resolve("mig-agent"),
                "#!/bin/sh\necho $$ >'" + number + ".new'\nmv '" + number + ".new' '" + number + "'\nexec sleep 60\n");
        RunContext context = RunContext.unlimited();
        stopWhenThereIs(number, context);

        String message = assertThrows(
                        RejectedException.class, () -> successor(false, context).start(agent, Duration.ofSeconds(60)))
                .getMessage();

        assertTrue(message.endsWith("mig-agent -u, was not ready when the module had to end"), message);
        assertTrue(ProcessHandle.of(Long.parseLong(Files.readString(number).strip()))
                .filter(ProcessHandle::isAlive)
                .isEmpty());
    }

    @Test
    void asksForTheVersionAndLimitsTheAnswer() throws Exception {
        Path agent = program(folder.resolve("mig-agent"), "#!/bin/sh\necho \"2.0 $1\"\n");
        assertEquals("2.0 -V", successor(false).version(agent, Duration.ofSeconds(30)));

        program(agent, "#!/bin/sh\nexec yes\n");
        assertThrows(RejectedException.class, () -> successor(false).version(agent, Duration.ofMillis(300)));

        Path child = folder.resolve("child");
        program(
                agent,
                "#!/bin/sh\nsleep 60 &\necho $! >'" + child + ".new'\nmv '" + child + ".new' '" + child
                        + "'\nexec sleep 60\n");
        RunContext context = RunContext.unlimited();
        stopWhenThereIs(child, context);
        assertThrows(RejectedException.class, () -> successor(false, context).version(agent, Duration.ofSeconds(60)));
        long pid = Long.parseLong(Files.readString(child).strip());
        ProcessHandle.of(pid).ifPresent(process -> process.onExit()
                .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                .join());
    }
}
