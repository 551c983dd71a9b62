package ninja.mig.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import ninja.mig.platform.LogTail;

/** A program of the platform in a process of its own; what it says goes to a file. */
public final class Daemon implements AutoCloseable {
    /** What the daemons themselves allow for an orderly stop, and a little more. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(35);

    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final String name;
    private final List<String> command;
    private final Path log;
    private Process process;

    private Daemon(String name, List<String> command, Path log) {
        this.name = name;
        this.command = command;
        this.log = log;
    }

    /** @param log a file to append to */
    public static Daemon start(String name, List<String> command, Path log) throws IOException {
        Daemon daemon = new Daemon(name, detached(command), log);
        daemon.start();
        return daemon;
    }

    /** In a session of its own: a Ctrl-C at the terminal is for us, who stop the programs in the right order. */
    private static List<String> detached(List<String> command) {
        List<String> detached = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            detached.add(SETSID.toString());
        }
        detached.addAll(command);
        return detached;
    }

    /** Starts it again after {@link #kill}. */
    public void start() throws IOException {
        process = new ProcessBuilder(command)
                .directory(log.getParent().toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** @throws IOException with the end of its log, if it is no longer running */
    public void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the " + name + " ended with status " + process.exitValue() + "; its log " + log
                    + " ends:\n" + LogTail.of(log));
        }
    }

    public long pid() {
        return process.pid();
    }

    public String log() throws IOException {
        return Files.readString(log);
    }

    String logTail() throws IOException {
        return LogTail.of(log);
    }

    /** SIGKILL, for tests of what survives it. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                throw new IOException("the " + name + " did not stop within " + STOP_LIMIT.toSeconds()
                        + " s and was killed; its log " + log + " ends:\n" + LogTail.of(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        } finally {
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
