package ninja.mig.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ninja.mig.agent.service.AgentJvm;
import ninja.mig.json.MigJson;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;

/** An agent in a process of its own with the memory that the launcher gives it, and with the modules of the tests. */
final class SmallAgent implements AutoCloseable {
    private final Process process;
    private final Path log;

    private SmallAgent(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Arguments: the relay's URI, and the folder for everything. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        AgentSettings settings = new AgentSettings(
                args[0],
                "",
                "",
                Duration.ofSeconds(60),
                Duration.ofSeconds(120),
                true,
                false,
                false,
                false,
                "",
                "",
                "",
                LoggingConf.toStream(Severity.INFO),
                false,
                Duration.ZERO,
                false,
                Map.of());
        BuiltinConfig builtin = BuiltinConfig.of(
                settings,
                Map.of(),
                new BuiltinConfig.Fixed(
                        "test",
                        List.of(),
                        List.of(Files.readString(folder.resolve("key"))),
                        List.of(MigJson.tree(Files.readAllBytes(folder.resolve("acl")))),
                        List.of("probe")));
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> Runtime.getRuntime().halt(Main.INTERNAL));
        try (Logging set = Logging.setUp(settings.logging(), "mig-agent", new PrintStream(System.out, true));
                AgentDaemon agent = new AgentDaemon(
                        AgentConf.of(settings, builtin), "daemon", folder.resolve("run"), Clock.systemUTC())) {
            agent.serve(true);
        }
    }

    static SmallAgent start(String relay, Path folder, Investigation it) throws IOException {
        Files.writeString(folder.resolve("key"), it.bob.publicKey());
        Files.writeString(folder.resolve("acl"), it.acl());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(AgentJvm.FLAGS);
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), SmallAgent.class.getName(), relay, folder.toString()));
        Path log = folder.resolve("agent.log");
        return new SmallAgent(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start(),
                log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String log() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    /** At once, as when it is killed by somebody else. */
    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }
}
