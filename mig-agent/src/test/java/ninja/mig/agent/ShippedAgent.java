package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ninja.mig.agent.service.AgentJvm;
import ninja.mig.platform.testing.Await;

/** The agent's jar in a process of its own, with what an operator builds in and configures. */
final class ShippedAgent implements AutoCloseable {
    private static final Path JAR = Path.of(System.getProperty("mig.agent.jar"));

    private final Process process;
    private final Path log;

    private ShippedAgent(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** The jar with keys, ACL and proxies built in. */
    static Path baked(Path folder, Investigation it, List<String> proxies) throws Exception {
        Files.writeString(folder.resolve("bob.asc"), it.bob.publicKey());
        Files.writeString(folder.resolve("sam.asc"), it.sam.publicKey());
        Files.writeString(folder.resolve("acl.json"), it.acl());
        StringBuilder conf = new StringBuilder("[agent]\nrelay = amqp://a:b@localhost/\n");
        proxies.forEach(proxy -> conf.append("proxies = \"").append(proxy).append("\"\n"));
        conf.append("[pgp]\npublickey = bob.asc\npublickey = sam.asc\n[acl]\npermission = acl.json\n");
        Path source = Files.writeString(folder.resolve("builtin.cfg"), conf);
        Path jar = Files.copy(JAR, folder.resolve("agent.jar"));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status = BuiltinConfigCompiler.run(
                List.of("--into", jar.toString(), source.toString()),
                new PrintStream(said, true, StandardCharsets.UTF_8));
        assertEquals(0, status, () -> said.toString(StandardCharsets.UTF_8));
        return jar;
    }

    /** As it comes from the build, which builds in the template. */
    static ShippedAgent start(Path folder, String conf) throws IOException {
        return start(JAR, folder, conf, Map.of());
    }

    /** @param environment beside what every process needs */
    static ShippedAgent start(Path jar, Path folder, String conf, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(folder.resolve("agent.cfg"), conf);
        Path log = folder.resolve("agent.log");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(AgentJvm.FLAGS);
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-Dmig.agent.rundir=" + folder.resolve("run"),
                "-jar",
                jar.toString(),
                "-f",
                "-c",
                file.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", HostCommand.PATH);
        builder.environment().putAll(environment);
        return new ShippedAgent(
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
    }

    long pid() {
        return process.pid();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    List<String> lines(String part) throws IOException {
        return log().lines().filter(line -> line.contains(part)).toList();
    }

    void awaitLine(String part) throws Exception {
        Await.until(part, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("it has ended: " + log());
            }
            return log().contains(part);
        });
    }

    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }
}
