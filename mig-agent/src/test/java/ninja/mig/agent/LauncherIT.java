package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ninja.mig.agent.service.AgentJvm;
import ninja.mig.json.MigJson;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The agent as it is shipped: one file that starts by itself. */
@Timeout(240)
class LauncherIT {
    private static final Path LAUNCHER = Path.of(System.getProperty("mig.agent.launcher"));

    @TempDir
    Path directory;

    private Path runDir;

    private record Ended(int status, String out, String err) {}

    @BeforeEach
    void makeRunDir() throws IOException {
        runDir = Files.createDirectory(directory.resolve("run"));
    }

    @Test
    void startsByItselfUnderAnyName() throws Exception {
        Path blank = Files.createDirectory(directory.resolve("a folder"));
        Path file = Files.copy(LAUNCHER, blank.resolve("mig-agent-1.0"));
        Path link = Files.createSymbolicLink(directory.resolve("mig-agent"), Path.of("a folder/mig-agent-1.0"));
        Path linkToLink = Files.createSymbolicLink(directory.resolve("agent"), link);

        for (Path program : List.of(file, link, linkToLink)) {
            Ended ended = run(Map.of(), program, "", "-V");

            assertEquals(0, ended.status(), ended::err);
            assertTrue(ended.out().matches("[0-9].*\\.[a-z]+\n"), ended::out);
            assertEquals("", ended.err());
        }
    }

    @Test
    void isAJarAllTheSame() throws Exception {
        Ended ended = run(Map.of(), java(), "", "-jar", LAUNCHER.toString(), "-V");

        assertEquals(0, ended.status(), ended::err);
    }

    @Test
    void ignoresOptionsThatTheEnvironmentHasForJava() throws Exception {
        for (String name : List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS")) {
            Ended ended = run(Map.of(name, "-XX:NoSuchOption"), LAUNCHER, "", "-V");

            assertEquals(0, ended.status(), ended::err);
            assertEquals("", ended.err());
        }
        assertEquals(
                1,
                run(Map.of("MIG_JAVA_OPTS", "-XX:NoSuchOption"), LAUNCHER, "", "-V")
                        .status());
    }

    @Test
    void prefersTheJavaThatItIsTold() throws Exception {
        Path home = directory.resolve("java");
        Scripts.recorder(home.resolve("bin/java"), directory.resolve("calls"));

        Ended ended = run(Map.of("MIG_JAVA_HOME", home.toString()), LAUNCHER, "", "-m", "file", "-p");

        assertEquals(0, ended.status(), ended::err);
        String call = Scripts.lines(directory.resolve("calls")).get(0);
        assertTrue(call.endsWith("-jar " + LAUNCHER.toRealPath() + " -m file -p"), call);
        assertTrue(call.contains(String.join(" ", ModuleProgram.JVM)), call);
    }

    @Test
    void givesModulesThatAreRunByHandMoreThanAnAgent() throws Exception {
        Path home = directory.resolve("java");
        Scripts.recorder(home.resolve("bin/java"), directory.resolve("calls"));

        for (List<String> flags : List.of(
                List.of("-m=memory"),
                List.of("-i", "x"),
                List.of("-f"),
                List.of("-m", "agent-checkin"),
                List.<String>of())) {
            run(Map.of("MIG_JAVA_HOME", home.toString()), LAUNCHER, "", flags.toArray(String[]::new));
        }

        List<String> calls = Scripts.lines(directory.resolve("calls"));
        assertEquals(
                List.of(true, true, false, false, false),
                calls.stream()
                        .map(call -> call.contains(String.join(" ", ModuleProgram.JVM)))
                        .toList());
        assertEquals(
                List.of(false, false, true, true, true),
                calls.stream()
                        .map(call -> call.contains(String.join(" ", AgentJvm.FLAGS)))
                        .toList());
    }

    @Test
    void prefersTheRuntimeBesideItToTheHosts() throws Exception {
        Path file = Files.copy(LAUNCHER, directory.resolve("mig-agent"));
        Scripts.recorder(directory.resolve("mig-jre/bin/java"), directory.resolve("calls"));

        assertEquals(
                0,
                run(Map.of("MIG_JAVA_HOME", "", "JAVA_HOME", "/no/such/java"), file, "", "-V")
                        .status());

        assertEquals(1, Scripts.lines(directory.resolve("calls")).size());
    }

    @Test
    void saysThatThereIsNoJavaOrThatItIsTooOld() throws Exception {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        for (String tool : List.of("readlink", "dirname", "basename", "sed", "uname", "stat", "cksum", "sh")) {
            Files.createSymbolicLink(bin.resolve(tool), Path.of("/usr/bin", tool));
        }
        Map<String, String> bare = Map.of("PATH", bin.toString(), "JAVA_HOME", "", "MIG_JAVA_HOME", "");
        Ended ended = run(bare, LAUNCHER, "", "-V");
        assertEquals(1, ended.status());
        assertTrue(ended.err().startsWith("mig-agent: no Java was found; 17 or newer is needed"), ended::err);

        Path old = directory.resolve("old");
        Scripts.recorder(old.resolve("bin/java"), directory.resolve("calls"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_392\"\n");
        ended = run(Map.of("MIG_JAVA_HOME", old.toString()), LAUNCHER, "", "-V");
        assertEquals(1, ended.status());
        assertTrue(ended.err().contains("is too old; 17 or newer is needed"), ended::err);
    }

    @Test
    void startsWithAnArchiveThatIsGarbage() throws Exception {
        String base = archive();
        for (String extension : List.of(".jsa", ".aot")) {
            if (extension.equals(".aot") && Runtime.version().feature() < 25) {
                continue;
            }
            Path archive = Files.writeString(Path.of(base + extension), "garbage".repeat(10_000));
            Ended ended = run(Map.of(), LAUNCHER, "{}", "-m", "file");

            assertEquals(0, ended.status(), ended::toString);
            assertEquals(1, MigJson.tree(ended.out()).get("errors").size(), "nothing but the document is printed");
            Files.delete(archive);
        }
    }

    @Test
    @ExtendWith(MigServices.class)
    void makesItsArchiveAtItsFirstStartAndUsesItFromThenOn(AmqpBroker broker) throws Exception {
        try (SchedulerSide scheduler = new SchedulerSide(broker)) {
            Path stale = Files.writeString(runDir.resolve("mig-agent-12345.jsa"), "of another version");
            Files.setLastModifiedTime(stale, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            Process agent = start(LAUNCHER, "-f", "-c", conf(broker, "").toString());
            try {
                alive();
                assertEquals(
                        0,
                        new ProcessBuilder("kill", "-HUP", String.valueOf(agent.pid()))
                                .start()
                                .waitFor());
                Ended second = run(
                        Map.of(),
                        LAUNCHER,
                        "",
                        "--watchdog",
                        "-c",
                        conf(broker, "").toString());
                assertEquals(0, second.status(), second::err);
                assertTrue(second.err().contains("an agent lives on this host"), second::err);
                Await.until("an archive of classes", Duration.ofSeconds(150), () -> finished()
                        .isPresent());
            } finally {
                agent.toHandle().destroy();
                assertTrue(agent.waitFor(20, TimeUnit.SECONDS), "it does not end");
            }
            Await.until("the end of the old archive", () -> !Files.exists(stale));
            Path archive = finished().orElseThrow();
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)));

            Path loaded = directory.resolve("loaded");
            Ended ended = run(
                    Map.of("MIG_JAVA_OPTS", "-Xlog:class+load:file=" + loaded), LAUNCHER, "", "-f", "-c", "/no/such");

            assertEquals(1, ended.status());
            String main = Files.readAllLines(loaded).stream()
                    .filter(line -> line.contains("ninja.mig.agent.AgentConf "))
                    .findFirst()
                    .orElseThrow();
            assertTrue(main.contains("source: shared objects file"), main);
        }
    }

    /** One that has nothing to do, since another one is at work. */
    @Test
    void hasTheArchiveMadeAfterACheckIn() throws Exception {
        Path real = Path.of(System.getProperty("java.home"));
        Path home = Files.createDirectory(directory.resolve("java"));
        Path calls = directory.resolve("calls");
        Files.createSymbolicLink(home.resolve("lib"), real.resolve("lib"));
        Scripts.executable(
                home.resolve("bin/java"),
                "#!/bin/sh\ncase \"$*\" in\n*' --archive'*) echo \"$*\" >>'" + calls + "' ;;\n*) exec '"
                        + real.resolve("bin/java") + "' \"$@\" ;;\nesac\n");
        Path conf = Files.writeString(directory.resolve("agent.cfg"), "[agent]\nrelay = amqp://a:b@127.0.0.1:1/x\n");
        Process other = LockHolder.start(runDir.resolve(".checkin.lock"));
        try {
            Ended ended = run(
                    Map.of("MIG_JAVA_HOME", home.toString()),
                    LAUNCHER,
                    "",
                    "-m",
                    "agent-checkin",
                    "-c",
                    conf.toString());

            assertEquals(0, ended.status(), ended::err);
            assertTrue(ended.err().contains("an archive of classes is being made"), ended::err);
            Await.until("the process that makes it", () -> !Scripts.lines(calls).isEmpty());
            String call = Scripts.lines(calls).get(0);
            assertTrue(call.endsWith("-jar " + LAUNCHER.toRealPath() + " --archive -c " + conf), call);
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    @ExtendWith(MigServices.class)
    void goesIntoTheBackgroundAndServes(AmqpBroker broker) throws Exception {
        try (SchedulerSide scheduler = new SchedulerSide(broker)) {
            Ended ended =
                    run(Map.of(), LAUNCHER, "", "-u", "-c", conf(broker, "").toString());

            assertEquals(0, ended.status(), ended::err);
            ProcessHandle agent = ProcessHandle.of(alive()).orElseThrow();
            try {
                assertTrue(agent.isAlive());
                assertTrue(agent.info().commandLine().orElse("").contains(" -f -c "), agent::toString);
            } finally {
                agent.destroy();
                agent.onExit().get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void refusesToInstallAServiceOfABareJar() throws Exception {
        Path conf = Files.writeString(
                directory.resolve("agent.cfg"), "[agent]\nrelay = amqp://a:b@localhost/x\ninstallservice = on\n");

        Ended ended = run(
                Map.of(),
                java(),
                "",
                "-Dmig.agent.rundir=" + runDir,
                "-jar",
                System.getProperty("mig.agent.jar"),
                "-u",
                "-c",
                conf.toString());

        assertEquals(1, ended.status());
        assertTrue(ended.err().contains("a service runs the launcher mig-agent"), ended::err);
    }

    @Test
    void keepsItsScriptWhenAConfigurationIsBuiltInAfterwards() throws Exception {
        Path file = Files.copy(LAUNCHER, directory.resolve("mig-agent"));
        Path source = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:b@elsewhere/x\nmodules = nonsense\n");
        Ended refused = bake(file, source);
        assertEquals(1, refused.status());
        Files.writeString(source, "[agent]\nrelay = amqp://a:b@elsewhere/x\nmodules = example\n");

        assertEquals(0, bake(file, source).status());

        Ended ended = run(Map.of(), file, "{}", "-m", "file", "-p");
        assertEquals(
                "module 'file' is not available: the built-in configuration does not list it, see [agent] modules\n",
                ended.out());
    }

    private Ended bake(Path file, Path source) throws Exception {
        return run(
                Map.of(),
                java(),
                "",
                "-cp",
                file.toString(),
                BuiltinConfigCompiler.class.getName(),
                "--into",
                file.toString(),
                source.toString());
    }

    /** The archive's path without its extension, as the launcher says it. */
    private String archive() throws Exception {
        Ended ended = run(Map.of("MIG_JAVA_OPTS", "-XshowSettings:properties"), LAUNCHER, "", "-V");
        return (ended.err() + ended.out())
                .lines()
                .filter(line -> line.contains("mig.agent.archive = "))
                .map(line -> line.substring(line.indexOf('=') + 2).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError(ended));
    }

    /** Waits for the first heartbeat of the agent in the run directory; the relay's queue has those of other tests too. */
    private long alive() throws Exception {
        Path ok = runDir.resolve("mig-agent.ok");
        Await.until("a heartbeat", Duration.ofSeconds(60), () -> Files.exists(ok));
        return MigJson.tree(Files.readAllBytes(ok)).get("pid").longValue();
    }

    private Optional<Path> finished() throws IOException {
        try (Stream<Path> files = Files.list(runDir)) {
            return files.filter(path -> path.toString().matches(".*/mig-agent-[0-9]+\\.(jsa|aot)")
                            && !path.endsWith("mig-agent-12345.jsa"))
                    .findFirst();
        }
    }

    private Path conf(AmqpBroker broker, String more) throws IOException {
        return Files.writeString(
                directory.resolve("agent.cfg"),
                "[agent]\nrelay = \"" + broker.uri(BrokerUser.AGENT) + "\"\nheartbeatfreq = 30s\n" + more);
    }

    private Process start(Path program, String... args) throws IOException {
        return builder(Map.of(), program, args).start();
    }

    private Ended run(Map<String, String> environment, Path program, String in, String... args) throws Exception {
        Process process = builder(environment, program, args).start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(in.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            assertTrue(in.isEmpty(), "the program does not read");
        }
        int status = process.waitFor();
        return new Ended(
                status, Files.readString(directory.resolve("out")), Files.readString(directory.resolve("err")));
    }

    private ProcessBuilder builder(Map<String, String> environment, Path program, String... args) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().keySet().removeAll(List.of("INVOCATION_ID", "NOTIFY_SOCKET"));
        builder.environment().put("MIG_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("MIG_RUNDIR", runDir.toString());
        builder.environment().putAll(environment);
        return builder;
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
