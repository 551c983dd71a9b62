package ninja.mig.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ninja.mig.platform.testing.Await;

/** The scheduler as it is deployed, {@code mig-scheduler.jar}, with a spool of its own. */
final class SchedulerProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String READY = "^OK$";

    private final String name;
    private final Path configuration;
    private final Path spool;
    private final Path log;
    private Process process;
    private int readyBefore;

    SchedulerProcess(String name, Path configuration, Path spool, Path log) {
        this.name = name;
        this.configuration = configuration;
        this.spool = spool;
        this.log = log;
    }

    void start() throws IOException {
        readyBefore = count(READY);
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-jar",
                        Path.of(System.getProperty("mig.dist"), "mig-scheduler.jar")
                                .toString(),
                        "-c",
                        configuration.toString()))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Returns once it has started everything. */
    void awaitReady() throws Exception {
        Await.until(() -> name + " to start:\n" + tail(), LIMIT, () -> {
            if (!process.isAlive()) {
                throw new AssertionError(name + " ended with status " + process.exitValue() + ":\n" + tail());
            }
            return count(READY) > readyBefore;
        });
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; gone when this returns. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGTERM. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
        }
        return process.exitValue();
    }

    Path spool() {
        return spool;
    }

    /** Names of the files in a folder of the spool. */
    List<String> files(String folder) throws IOException {
        if (Files.notExists(spool.resolve(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(spool.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    int count(String folder, String name) throws IOException {
        return (int)
                files(folder).stream().filter(file -> file.startsWith(name)).count();
    }

    /** Whether nothing of this action, any action if it is empty, waits in the spool. */
    boolean isTidy(String action) throws IOException {
        for (String folder : List.of("action/new", "action/inflight", "command/ready", "command/inflight")) {
            if (count(folder, action) > 0) {
                return false;
            }
        }
        return files("command/returned").isEmpty();
    }

    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Lines of the log in which this is found. */
    int count(String expression) throws IOException {
        Pattern pattern = Pattern.compile(expression);
        return (int) log().lines().filter(line -> pattern.matcher(line).find()).count();
    }

    /** What it said last. */
    String tail() {
        try {
            List<String> lines = log().lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null && process.isAlive()) {
            stop();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
