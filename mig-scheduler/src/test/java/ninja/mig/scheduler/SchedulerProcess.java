package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import ninja.mig.platform.testing.Await;

/** The program, in a process of its own. */
final class SchedulerProcess implements AutoCloseable {
    private final Path folder;
    private final Process process;

    private SchedulerProcess(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** @param folder for its configuration, and for what it prints */
    static SchedulerProcess start(Path folder, String conf, String... flags) throws IOException {
        Path file = Files.writeString(folder.resolve("scheduler.cfg"), conf);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "ninja.mig.scheduler.Main",
                "-c",
                file.toString()));
        command.addAll(List.of(flags));
        Process process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        return new SchedulerProcess(folder, process);
    }

    /** What it printed on standard output: its log. */
    String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    void awaitOk() throws Exception {
        Await.until("OK", () -> err().endsWith("OK\n"));
    }

    void awaitLine(String part) throws Exception {
        Await.until(part, () -> out().contains(part));
    }

    /** As by SIGTERM. */
    void stop() {
        process.destroy();
    }

    int exit() throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
