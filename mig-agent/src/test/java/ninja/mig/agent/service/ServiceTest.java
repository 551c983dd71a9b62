package ninja.mig.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Installs services into a folder that stands for the host, with scripts that write down how they were called. */
@Timeout(60)
class ServiceTest {
    @TempDir
    Path directory;

    private Path root;
    private Path bin;
    private Path agent;

    @BeforeEach
    void makeAHost() throws IOException {
        root = Files.createDirectory(directory.resolve("host"));
        bin = Files.createDirectory(directory.resolve("bin"));
        Path opt = Files.createDirectories(directory.resolve("opt"));
        Files.setPosixFilePermissions(opt, PosixFilePermissions.fromString("rwxr-xr-x"));
        agent = script(opt.resolve("mig-agent-2.0"), "exit 0");
    }

    @Test
    void tellsSystemdInThisOrder() throws Exception {
        tool("systemctl", "");

        service("linux", "systemd").install(agent, false);

        assertEquals(
                List.of(
                        "systemctl daemon-reload",
                        "systemctl enable mig-agent.service",
                        "systemctl restart mig-agent.service"),
                calls());
        String unit = read("etc/systemd/system/mig-agent.service");
        for (String line : List.of(
                "Type=simple",
                "ExecStart=/sbin/mig-agent --service",
                "ConditionFileIsExecutable=/sbin/mig-agent",
                "Restart=always",
                "RestartSec=3",
                "StartLimitIntervalSec=300",
                "StartLimitBurst=5",
                "After=network-online.target time-sync.target",
                "Environment=MIG_JAVA_HOME=/usr",
                "Wants=network-online.target",
                "KillMode=mixed",
                "TimeoutStopSec=20",
                "SuccessExitStatus=143",
                "WantedBy=multi-user.target",
                "MemoryMax=1G",
                "CPUQuota=" + Math.max(1, HostProcessors.count() / 2) * 100 + "%")) {
            assertTrue(unit.lines().anyMatch(line::equals), () -> line + " is missing in\n" + unit);
        }
        assertFalse(unit.matches("(?s).*@[A-Z]+@.*"), unit);
        assertEquals(agent.toRealPath(), root.resolve("sbin/mig-agent").toRealPath());
    }

    @Test
    void givesHalfOfTheProcessors() {
        for (List<Integer> host : List.of(List.of(1, 100), List.of(2, 100), List.of(3, 100), List.of(16, 800))) {
            ServiceDefinition definition = new ServiceDefinitions(command(), host.get(0), false).of("linux", "systemd");

            String unit = definition.files().get(0).text();
            assertTrue(unit.contains("\nCPUQuota=" + host.get(1) + "%\n"), unit);
        }
    }

    @Test
    void writesAUnitThatSystemdUnderstands() throws Exception {
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(analyze), "no systemd-analyze here");
        ServiceCommand real =
                new ServiceCommand(agent.toString(), Optional.of(Path.of("/etc/mig/x.cfg")), agent, Optional.empty());
        Path unit = Files.writeString(
                directory.resolve("mig-agent.service"),
                new ServiceDefinitions(real, 4, false)
                        .of("linux", "systemd")
                        .files()
                        .get(0)
                        .text());

        Ended ended = run(List.of(analyze.toString(), "verify", unit.toString()));

        assertEquals(new Ended(0, ""), ended);
    }

    @Test
    void leavesTheRestartOfAnUpgradeToSystemd() throws Exception {
        tool("systemctl", "");

        service("linux", "systemd").install(agent, true);

        assertEquals("systemctl --no-block restart mig-agent.service", calls().get(2));
    }

    @Test
    void replacesAnOlderServiceAndItsLink() throws Exception {
        tool("systemctl", "");
        Path old = script(directory.resolve("opt/mig-agent-1.0"), "exit 0");
        service("linux", "systemd").install(old, false);
        Files.writeString(root.resolve("etc/systemd/system/mig-agent.service"), "old");

        service("linux", "systemd").install(agent, false);

        assertEquals(agent.toRealPath(), root.resolve("sbin/mig-agent").toRealPath());
        assertTrue(read("etc/systemd/system/mig-agent.service").contains("ExecStart="));
        assertEquals(List.of("mig-agent"), names(root.resolve("sbin")), "nothing unfinished is left beside the link");
    }

    @Test
    void keepsAnAgentThatIsItsOwnStableName() throws Exception {
        tool("systemctl", "");
        Path stable = script(Files.createDirectories(root.resolve("sbin")).resolve("mig-agent"), "exit 0");

        service("linux", "systemd").install(stable, false);

        assertTrue(Files.isRegularFile(stable, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void doesNotReplaceAFileByItsLink() throws Exception {
        tool("systemctl", "");
        Path foreign = Files.createDirectories(root.resolve("sbin")).resolve("mig-agent");
        Files.writeString(foreign, "something else");

        IOException e = assertThrows(
                IOException.class, () -> service("linux", "systemd").install(agent, false));

        assertTrue(e.getMessage().contains("is in the way"), e.getMessage());
        assertEquals("something else", Files.readString(foreign));
        assertEquals(List.of(), calls());
    }

    @Test
    void makesNoServiceOfAFileThatOthersCanChange() throws Exception {
        tool("systemctl", "");
        Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rwxrwxr-x"));

        IOException e = assertThrows(
                IOException.class, () -> service("linux", "systemd").install(agent, false));

        assertTrue(e.getMessage().contains("can be changed by others"), e.getMessage());
        assertEquals(List.of(), calls());
    }

    @Test
    void changesNothingOnAHostWithoutTheTool() throws Exception {
        for (String init : List.of("systemd", "upstart", "sysvinit", "sysvinit-fallback")) {
            assertThrows(
                    NoServiceToolException.class, () -> service("linux", init).install(agent, false));
        }
        assertEquals(List.of(), names(root));
    }

    @Test
    void saysWhatTheToolSaid() throws Exception {
        tool("systemctl", "[ \"$1\" = enable ] && { echo 'Unit is masked' >&2; exit 7; }; exit 0");

        IOException e = assertThrows(
                IOException.class, () -> service("linux", "systemd").install(agent, false));

        assertEquals("'systemctl enable mig-agent.service' ended with status 7: Unit is masked", e.getMessage());
    }

    @Test
    void doesNotWaitForAToolForEver() throws Exception {
        tool("systemctl", "exec sleep 600");
        Service service = new Service(
                "linux",
                "systemd",
                new HostFiles(root),
                new ServiceTool(bin + ":/bin:/usr/bin", Duration.ofMillis(300)),
                command());

        IOException e = assertThrows(IOException.class, () -> service.install(agent, false));

        assertTrue(e.getMessage().contains("did not end within"), e.getMessage());
    }

    @Test
    void removesWhatItInstalled() throws Exception {
        tool("systemctl", "");
        service("linux", "systemd").install(agent, false);
        Files.delete(directory.resolve("calls"));

        service("linux", "systemd").remove();

        assertEquals(
                List.of(
                        "systemctl disable mig-agent.service",
                        "systemctl stop mig-agent.service",
                        "systemctl daemon-reload"),
                calls());
        assertFalse(Files.exists(root.resolve("etc/systemd/system/mig-agent.service")));
        assertTrue(Files.exists(root.resolve("sbin/mig-agent")), "the agent itself stays");
    }

    @Test
    void asksForItsOwnEndWithoutWaitingForIt() throws Exception {
        tool("systemctl", "");
        tool("initctl", "");

        service("linux", "systemd").leave();
        service("linux", "upstart").leave();
        service("linux", "sysvinit").leave();

        assertEquals(
                List.of("systemctl --no-block stop mig-agent.service", "initctl stop --no-wait mig-agent"), calls());
    }

    @Test
    void removesWithoutComplaintWhatIsNotThere() throws Exception {
        tool("systemctl", "exit 5");
        service("linux", "systemd").remove();
        service("linux", "sysvinit").remove();
        service("darwin", "launchd").remove();
        service("windows", "windows").remove();
    }

    @Test
    void startsAnUpstartJobThatCannotBeRestarted() throws Exception {
        tool("initctl", "[ \"$1\" = restart ] && exit 1; exit 0");

        service("linux", "upstart").install(agent, false);

        assertEquals(
                List.of("initctl reload-configuration", "initctl restart mig-agent", "initctl start mig-agent"),
                calls());
        String job = read("etc/init/mig-agent.conf");
        for (String line : List.of(
                "start on filesystem or runlevel [2345]",
                "stop on runlevel [!2345]",
                "respawn limit 5 300",
                "umask 022",
                "console none",
                "    test -x /sbin/mig-agent || { stop; exit 0; }",
                "exec /sbin/mig-agent --service")) {
            assertTrue(job.lines().anyMatch(line::equals), () -> line + " is missing in\n" + job);
        }
    }

    @Test
    void linksTheScriptOfSystemVIntoItsRunLevels() throws Exception {
        tool("service", "");

        service("linux", "sysvinit").install(agent, false);
        service("linux", "sysvinit").install(agent, false);

        assertEquals(List.of("service mig-agent restart", "service mig-agent restart"), calls());
        Path script = root.resolve("etc/init.d/mig-agent");
        assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(script)));
        for (String link :
                List.of("rc0.d/K02", "rc1.d/K02", "rc2.d/S50", "rc3.d/S50", "rc4.d/S50", "rc5.d/S50", "rc6.d/K02")) {
            Path path = root.resolve("etc").resolve(link + "mig-agent");
            assertEquals(script.toRealPath(), path.toRealPath());
        }
        assertEquals(new Ended(0, ""), run(List.of("sh", "-n", script.toString())));

        service("linux", "sysvinit").remove();
        assertFalse(Files.exists(script));
        assertEquals(List.of(), names(root.resolve("etc/rc3.d")));
    }

    @Test
    void loadsTheDefinitionOfLaunchd() throws Exception {
        tool("launchctl", "[ \"$1\" = unload ] && exit 1; exit 0");

        service("darwin", "launchd").install(agent, false);

        assertEquals(
                List.of(
                        "launchctl unload /Library/LaunchDaemons/mig-agent.plist",
                        "launchctl load -w /Library/LaunchDaemons/mig-agent.plist"),
                calls());
        List<String> words = XmlText.of(root.resolve("Library/LaunchDaemons/mig-agent.plist"));
        assertEquals(
                List.of("Label", "mig-agent", "ProgramArguments", "/usr/local/sbin/mig-agent", "--service"),
                words.subList(0, 5));
        assertTrue(words.containsAll(List.of("RunAtLoad", "KeepAlive")), words::toString);
        assertEquals(
                agent.toRealPath(), root.resolve("usr/local/sbin/mig-agent").toRealPath());
    }

    @Test
    void hasTheWrapperOfWindowsStartTheJar() throws Exception {
        Path folder = Files.createDirectories(root.resolve("Program Files/mig"));
        tool("mig-agent-service.exe", "");
        Files.move(bin.resolve("mig-agent-service.exe"), folder.resolve("mig-agent-service.exe"));

        service("windows", "windows").install(agent, false);

        assertEquals(
                List.of("stop", "uninstall", "install", "start").stream()
                        .map(order -> "mig-agent-service.exe " + order)
                        .toList(),
                calls());
        List<String> words = XmlText.of(folder.resolve("mig-agent-service.xml"));
        assertTrue(words.contains("mig-agent") && words.contains("MIG Agent"), words::toString);
        assertTrue(
                words.contains(String.join(" ", AgentJvm.FLAGS)
                        + " -jar \"C:\\Program Files\\mig\\mig-agent.jar\" \"--service\""),
                words::toString);
    }

    @Test
    void passesTheConfigurationOn() throws Exception {
        ServiceCommand command = ServiceCommand.of(
                "linux", Optional.of(Path.of("/etc/mig/../mig/other.cfg")), Path.of("/bin/java"), Optional.empty());

        assertEquals(List.of("/sbin/mig-agent", "--service", "-c", "/etc/mig/other.cfg"), command.service());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/etc/a b", "/etc/$(id)", "/etc/%h", "/etc/a;b", "/etc/a\nb", "/etc/\"a", "/etc/a'b", "/etc/ä"})
    void refusesAConfigurationWhoseNameMeansSomethingElse(String path) {
        assumeTrue(isPossible(path), "this locale has no such path");
        assertThrows(
                RejectedException.class,
                () -> ServiceCommand.of("linux", Optional.of(Path.of(path)), Path.of("/bin/java"), Optional.empty()));
    }

    @Test
    void keepsTheJavaAndTheDirectoryOfWhoInstalls() throws Exception {
        ServiceCommand command = ServiceCommand.of(
                "linux", Optional.empty(), Path.of("/opt/jdk/bin/java"), Optional.of(Path.of("/srv/mig")));
        for (List<String> expected : List.of(
                List.of("linux", "systemd", "Environment=MIG_JAVA_HOME=/opt/jdk", "Environment=MIG_RUNDIR=/srv/mig"),
                List.of("linux", "upstart", "env MIG_JAVA_HOME=/opt/jdk", "env MIG_RUNDIR=/srv/mig"),
                List.of("linux", "sysvinit", "export MIG_JAVA_HOME=/opt/jdk", "export MIG_RUNDIR=/srv/mig"),
                List.of("darwin", "launchd", "<key>MIG_RUNDIR</key>", "<string>/srv/mig</string>"))) {
            String text = new ServiceDefinitions(command, 4, false)
                    .of(expected.get(0), expected.get(1))
                    .files()
                    .get(0)
                    .text();
            List<String> lines = text.lines().map(String::strip).toList();
            assertTrue(lines.containsAll(expected.subList(2, 4)), text);
            assertFalse(text.contains("@ENVIRONMENT@"), text);
        }
    }

    @Test
    void makesNoServiceOfAFileThatOthersCanReplace() throws Exception {
        tool("systemctl", "");
        Path folder = directory.resolve("opt");
        for (List<String> open :
                List.of(List.of("rwxrwxrwx", "is open to all"), List.of("rwxrwxr-x", "is open to its group"))) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(open.get(0)));

            String message = refused(service("linux", "systemd"));

            assertTrue(message.contains(", since " + folder.toRealPath() + " " + open.get(1)), message);
            assertTrue(message.contains(": chown it to "), message);
        }
        Files.setAttribute(folder, "unix:mode", 01777);
        service("linux", "systemd").install(agent, false);
    }

    @Test
    void makesNoServiceOfAFileThatIsReachedByALinkOfOthers() throws Exception {
        tool("systemctl", "");
        Path open = Files.createDirectory(directory.resolve("open"));
        Path link = Files.createSymbolicLink(open.resolve("mig-agent"), agent);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        String message = assertThrows(
                        IOException.class, () -> service("linux", "systemd").install(link, false))
                .getMessage();

        assertTrue(message.contains("since " + open + " is open to all"), message);
        assertEquals(List.of(), calls());
    }

    /** Java, the configuration and the run directory decide what an agent does as much as its own file. */
    @Test
    void looksAtAllThatTheServiceRunsAndReads() throws Exception {
        tool("systemctl", "");
        Path home = Files.createDirectories(directory.resolve("jdk/lib"));
        Path modules = Files.writeString(home.resolve("modules"), "classes");
        Path java = script(Files.createDirectories(directory.resolve("jdk/bin")).resolve("java"), "");
        Path conf = Files.writeString(directory.resolve("agent.cfg"), "");
        Path runDir = Files.createDirectory(directory.resolve("run"));
        for (Path folder : List.of(home, home.getParent(), java.getParent(), runDir)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        for (Path file : List.of(modules, conf)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
        Service service = new Service(
                "linux",
                "systemd",
                new HostFiles(root),
                new ServiceTool(bin.toString(), Duration.ofSeconds(20)),
                new ServiceCommand("/sbin/mig-agent", Optional.of(conf), java, Optional.of(runDir)));
        for (Path part : List.of(java, modules, home.getParent(), conf, runDir)) {
            Set<PosixFilePermission> before = Files.getPosixFilePermissions(part);
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxrwxrwx"));

            String message = refused(service);

            assertTrue(message.contains(part.toString()), message);
            Files.setPosixFilePermissions(part, before);
        }
        assertEquals(List.of(), calls());
        service.install(agent, false);
    }

    private String refused(Service service) throws IOException {
        String message = assertThrows(IOException.class, () -> service.install(agent, false))
                .getMessage();
        assertTrue(message.startsWith("no service is made of this agent: "), message);
        return message;
    }

    @ParameterizedTest
    @CsvSource({"linux, /sbin/mig-agent", "darwin, /usr/local/sbin/mig-agent"})
    void hasOneNameForAllVersions(String os, String name) {
        assertEquals(name, ServiceCommand.stableName(os));
    }

    private static boolean isPossible(String path) {
        try {
            return Path.of(path).isAbsolute();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private Service service(String os, String init) {
        return new Service(
                os,
                init,
                new HostFiles(root),
                new ServiceTool(bin.toString(), Duration.ofSeconds(20)),
                new ServiceCommand(
                        ServiceCommand.stableName(os), Optional.empty(), Path.of("/usr/bin/java"), Optional.empty()));
    }

    private static ServiceCommand command() {
        return new ServiceCommand("/sbin/mig-agent", Optional.empty(), Path.of("/usr/bin/java"), Optional.empty());
    }

    private void tool(String name, String behaviour) throws IOException {
        script(bin.resolve(name), "echo \"${0##*/} $*\" >>'" + directory.resolve("calls") + "'\n" + behaviour);
    }

    private static Path script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private List<String> calls() throws IOException {
        Path calls = directory.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    private String read(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(path -> path.getFileName().toString()).toList();
        }
    }

    private record Ended(int status, String said) {}

    private Ended run(List<String> command) throws Exception {
        Path said = directory.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        int status = process.waitFor();
        return new Ended(status, Files.readString(said));
    }
}
