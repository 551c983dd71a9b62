package ninja.mig.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.List;

/** Another process that holds a lock until it is killed: inside one process there are no others to be locked out. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] args) throws Exception {
        try (FileChannel channel = FileLocks.open(Path.of(args[0]));
                FileLock lock = FileLocks.await(channel)) {
            System.out.println(lock.isValid());
            System.in.read();
        }
    }

    /** The lock is held when this returns. */
    static Process start(Path file) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        file.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.getInputStream().read() != 't') {
            throw new IOException("the other process does not hold the lock");
        }
        return process;
    }
}
