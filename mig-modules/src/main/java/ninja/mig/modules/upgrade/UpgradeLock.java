package ninja.mig.modules.upgrade;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import ninja.mig.model.RejectedException;

/** Two upgrades at a time would turn one link. The system takes the lock away from a process that dies. */
final class UpgradeLock implements AutoCloseable {
    private static final String FILE = ".upgrade.lock";

    private final FileChannel channel;

    private UpgradeLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @param runDir of the agents of this host
     * @throws RejectedException if another upgrade has it, or no agent has run here
     */
    static UpgradeLock take(Path runDir) throws IOException, RejectedException {
        FileChannel channel = open(runDir);
        UpgradeLock taken = new UpgradeLock(channel);
        boolean ours = false;
        try {
            ours = taken.isOurs();
        } finally {
            if (!ours) {
                channel.close();
            }
        }
        if (!ours) {
            throw new RejectedException("another upgrade of this agent is at work, nothing was done");
        }
        return taken;
    }

    private static FileChannel open(Path runDir) throws IOException, RejectedException {
        try {
            return FileChannel.open(
                    runDir.resolve(FILE),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, NOFOLLOW_LINKS),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (NoSuchFileException e) {
            throw new RejectedException(
                    "there is no run directory " + runDir + ": no agent has run here, nothing was done", e);
        }
    }

    private boolean isOurs() throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // another run in this process has it
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
