package ninja.mig.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A lock that the agent of an endpoint holds as long as it lives, for cron: a stat socket that does not answer may be busy, or
 * its port another program's. In an upgrade two agents live at once; then the older one has it until it ends.
 */
final class SignOfLife implements AutoCloseable {
    private static final String FILE = ".alive.lock";

    private final RunDir runDir;
    private final Path file;
    private FileChannel channel;
    private Optional<FileLock> lock = Optional.empty();

    SignOfLife(RunDir runDir) {
        this.runDir = runDir;
        this.file = runDir.file(FILE);
    }

    /** Whether an agent with that directory lives. */
    static boolean isGiven(Path runDir) throws IOException {
        Path file = runDir.resolve(FILE);
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileLocks.open(file)) {
            return FileLocks.attempt(channel).isEmpty();
        }
    }

    /**
     * Takes the lock, if no other agent has it, and removes what those before this one could not finish to write; to be called
     * now and then.
     */
    synchronized void give() throws IOException {
        if (lock.isPresent()) {
            return;
        }
        if (channel == null) {
            channel = FileLocks.open(file);
        }
        lock = FileLocks.attempt(channel);
        if (lock.isPresent()) {
            runDir.removeUnfinished();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
