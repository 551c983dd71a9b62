package ninja.mig.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A mount that a test makes, for which it must be root: others skip the test. */
final class Mount implements AutoCloseable {
    private final Path target;

    private Mount(Path target) {
        this.target = target;
    }

    /** A small file system, which can be full. */
    static Mount small(Path folder, String size) throws IOException, InterruptedException {
        return of(folder, "-t", "tmpfs", "-o", "size=" + size, "tmpfs");
    }

    /** A file on itself, which can be read and written, and neither deleted nor renamed. */
    static Mount fixed(Path file) throws IOException, InterruptedException {
        return of(file, "--bind", file.toString());
    }

    private static Mount of(Path target, String... what) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(List.of(what));
        command.add(target.toString());
        Assumptions.assumeTrue(run(command), "NOT RUN, needs root to mount something");
        return new Mount(target);
    }

    private static boolean run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().transferTo(OutputStream.nullOutputStream());
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (!run(List.of("umount", target.toString()))) {
            throw new IOException(target + " cannot be unmounted");
        }
    }
}
