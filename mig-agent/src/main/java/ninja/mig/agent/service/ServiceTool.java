package ninja.mig.agent.service;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the programs by which a host is told of services, such as {@code systemctl}. */
public final class ServiceTool {
    private static final Logger log = LoggerFactory.getLogger(ServiceTool.class);

    private static final int LONGEST_REASON = 2000;

    private final String path;
    private final Duration limit;

    /**
     * @param path folders where the programs are, as in {@code PATH}
     * @param limit how long one command may take
     */
    public ServiceTool(String path, Duration limit) {
        this.path = path;
        this.limit = limit;
    }

    /** @param name of a program, or its absolute path */
    Optional<Path> find(String name) {
        Path program = Path.of(name);
        return (program.isAbsolute()
                        ? List.of(program).stream()
                        : Arrays.stream(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @throws IOException if the step is not tolerated and each of its commands failed, with what the last one said */
    void run(Step step) throws IOException, InterruptedException {
        IOException failure = new IOException("nothing to run");
        for (List<String> command : step.alternatives()) {
            try {
                run(command);
                return;
            } catch (IOException e) {
                log.debug("{}", e.getMessage());
                failure = e;
            }
        }
        if (!step.tolerated()) {
            throw failure;
        }
    }

    /**
     * What a program prints.
     *
     * @throws IOException if it fails, with what it said
     */
    String ask(String... command) throws IOException, InterruptedException {
        return run(List.of(command));
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path program = find(command.get(0)).orElseThrow(() -> new IOException(command.get(0) + " was not found"));
        List<String> line = new ArrayList<>(command);
        line.set(0, program.toString());
        // Not a pipe: what the tool starts may hold it open for ever.
        Path said = Files.createTempFile("mig-service", ".txt");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
            builder.environment().keySet().removeAll(List.of("INVOCATION_ID", "NOTIFY_SOCKET"));
            builder.environment().put("PATH", path);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(
                        "'" + String.join(" ", command) + "' did not end within " + limit.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("'" + String.join(" ", command) + "' ended with status " + process.exitValue()
                        + reason(Files.readAllBytes(said)));
            }
            return Files.readString(said, StandardCharsets.ISO_8859_1);
        } finally {
            Files.deleteIfExists(said);
        }
    }

    private static String reason(byte[] said) {
        String text = new String(said, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "" : ": " + text.substring(0, Math.min(text.length(), LONGEST_REASON));
    }
}
