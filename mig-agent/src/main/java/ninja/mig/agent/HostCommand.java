package ninja.mig.agent;

import java.io.IOException;
import java.io.InputStream;
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

/** Asks a program of the host, such as {@code hostname --fqdn}: from a fixed path, with limits on time and output. */
final class HostCommand {
    private static final Logger log = LoggerFactory.getLogger(HostCommand.class);

    /** Where helper programs are looked for; also the path of module processes. */
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final int MAX_OUTPUT = 64 * 1024;

    private final Duration limit;

    HostCommand(Duration limit) {
        this.limit = limit;
    }

    /** What the program printed; empty if it is missing, fails, or takes too long. */
    Optional<String> output(String program, String... arguments) {
        Optional<Path> found = Arrays.stream(PATH.split(":"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<String> command = new ArrayList<>(List.of(found.get().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.environment().put("LC_ALL", "C.UTF-8");
        try {
            return run(builder.start(), program);
        } catch (IOException e) {
            log.info("'{}' gave no answer: {}", program, e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<String> run(Process process, String program) throws IOException, InterruptedException {
        Thread watch = new Thread(() -> killLate(process), "host-command");
        watch.setDaemon(true);
        watch.start();
        try (InputStream out = process.getInputStream()) {
            byte[] output = out.readNBytes(MAX_OUTPUT);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
                log.info("'{}' failed or took longer than {} s", program, limit.toSeconds());
                return Optional.empty();
            }
            return Optional.of(new String(output, StandardCharsets.UTF_8));
        } finally {
            kill(process);
        }
    }

    private void killLate(Process process) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(process);
            }
        } catch (InterruptedException e) {
            kill(process);
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
