package ninja.mig.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Locks between processes of one agent. The system takes a lock away from a process that dies, whatever it died of. A lock
 * is held by a process, not by a thread: threads of one process need something else beside it.
 */
final class FileLocks {
    private FileLocks() {}

    /** A file that is there to be locked, for its owner alone; it is made if it is missing. */
    static FileChannel open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            RunDir.setMode(file, "rw-------");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    /** Waits for the lock. What is done under it takes milliseconds, so this does too. */
    static FileLock await(FileChannel file) throws IOException {
        try {
            return file.lock();
        } catch (OverlappingFileLockException e) {
            throw new IOException("this process holds the lock already", e);
        }
    }

    /** Takes the lock, if nobody has it. */
    static Optional<FileLock> attempt(FileChannel file) throws IOException {
        try {
            return Optional.ofNullable(file.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // another part of this process has it
        }
    }
}
