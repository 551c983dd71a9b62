package ninja.mig.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ninja.mig.platform.LogTail;
import ninja.mig.platform.testing.Await;

/** An agent in the foreground. */
final class RunningAgent implements AutoCloseable {
    private static final Duration TO_MAKE_AN_ARCHIVE = Duration.ofMinutes(3);
    private static final int TO_END = 30;

    private final Process process;
    private final Path runDir;
    private final long started;

    /** @param started by {@link System#nanoTime} */
    RunningAgent(Process process, Path runDir, long started) {
        this.process = process;
        this.runDir = runDir;
        this.started = started;
    }

    long pid() {
        return process.pid();
    }

    long started() {
        return started;
    }

    ProcessTree tree() {
        return new ProcessTree(process.pid());
    }

    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the agent ended with status " + process.exitValue() + ":\n"
                    + LogTail.of(runDir.resolveSibling(runDir.getFileName() + ".log")));
        }
    }

    /** A first start makes the archive of classes in the background. */
    void awaitArchive() throws Exception {
        Await.until("the archive of classes", TO_MAKE_AN_ARCHIVE, () -> {
            requireAlive();
            try (DirectoryStream<Path> archives = Files.newDirectoryStream(runDir, "mig-agent-*.{jsa,aot}")) {
                return archives.iterator().hasNext();
            }
        });
    }

    /** The command line of its next module process, without what holds for that run alone. */
    List<String> awaitModuleCommand() throws Exception {
        List<List<String>> found = new java.util.ArrayList<>();
        Await.closely("a module process", Duration.ofMinutes(1), () -> {
            requireAlive();
            process.descendants()
                    .map(ProcessHandle::info)
                    .filter(info -> info.command().orElse("").endsWith("/java"))
                    .map(info -> info.arguments().orElse(new String[0]))
                    .filter(arguments -> List.of(arguments).contains("-m"))
                    .forEach(arguments -> found.add(List.of(arguments)));
            return !found.isEmpty();
        });
        return found.get(0).stream()
                .filter(word -> !word.startsWith("-Dmig.deadline=") && !word.startsWith("-Dmig.parent="))
                .toList();
    }

    /** Open files and sockets. */
    int openFiles() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(pid()), "fd"))) {
            return (int) open.count();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(TO_END, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException("the agent did not end within " + TO_END + " s");
        }
    }
}
