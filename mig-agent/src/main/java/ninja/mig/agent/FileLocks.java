package ninja.mig.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Locks between processes of one agent. The system takes a lock away from a process that dies, whatever it died of. A lock
 * is held by a process, not by a thread: threads of one process need something else beside it.
 */
final class FileLocks {
    private static final String MODE = "rw-------";
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE));

    private FileLocks() {}

    /** A file that is there to be locked, for its owner alone: whoever can read it can lock it. It is made if it is missing. */
    static FileChannel open(Path file) throws IOException {
        boolean posix = Files.getFileAttributeView(file, PosixFileAttributeView.class) != null;
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                posix ? new FileAttribute<?>[] {OWNER_ONLY} : new FileAttribute<?>[0]);
        try {
            RunDir.setMode(file, MODE); // It may be an older one.
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
