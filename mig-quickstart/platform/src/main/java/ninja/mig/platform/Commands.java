package ninja.mig.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs this machine's programs. */
final class Commands {
    private Commands() {}

    /** How a command ended, with what it printed on both streams. */
    record Ended(int status, String output) {}

    static Ended run(Path directory, Duration limit, List<String> command) throws IOException {
        Path output = Files.createTempFile("mig-command", ".out");
        try {
            // Into a file, not a pipe: a server that the command leaves behind would keep a pipe open for ever.
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            if (!waitFor(process, limit)) {
                killWithDescendants(process);
                throw new IOException("'" + String.join(" ", command) + "' did not end within " + limit.toSeconds()
                        + " s: " + Files.readString(output).strip());
            }
            return new Ended(process.exitValue(), Files.readString(output).strip());
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** As {@link #run}, where only success will do. */
    static String succeed(Path directory, Duration limit, List<String> command) throws IOException {
        Ended ended = run(directory, limit, command);
        if (ended.status() != 0) {
            throw new IOException(
                    "'" + String.join(" ", command) + "' failed with status " + ended.status() + ": " + ended.output());
        }
        return ended.output();
    }

    /**
     * An interruption is kept for later: these commands are short, and one that was cut off, such as a {@code pg_ctl
     * start}, would leave things half done.
     */
    static boolean waitFor(Process process, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static void killWithDescendants(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    static Optional<Path> onPath(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
