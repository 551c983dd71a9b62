package ninja.mig.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Appends to a file, which is created readable for its owner and group. A file that has become too large is renamed to
 * {@code .1}, and those of before to {@code .2} up to {@code .5}. A file that somebody else moves away is created anew
 * within a second, so that log rotation needs no signal.
 */
final class FileDestination implements Destination {
    private static final int KEPT = 5;
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Path file;
    private final long maxSize;
    private OutputStream out;
    private Object identity;
    private long size;
    private Instant looked = Instant.EPOCH;

    /** @param maxSize in bytes, 0 for no limit */
    FileDestination(Path file, long maxSize) throws IOException {
        this.file = file;
        this.maxSize = maxSize;
        open();
    }

    private void open() throws IOException {
        try {
            Files.createFile(file, permissions());
        } catch (FileAlreadyExistsException e) {
            size = Files.size(file); // appended to, with the permissions that its owner gave it
        }
        out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size = Files.size(file);
        identity = identity();
    }

    private FileAttribute<?>[] permissions() {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
        };
    }

    /** The same as long as the path leads to the same file; systems without such numbers have one for all. */
    private Object identity() throws IOException {
        try {
            return Objects.requireNonNullElse(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey(), "");
        } catch (NoSuchFileException e) {
            return "gone";
        }
    }

    @Override
    public void write(Instant time, Severity severity, String line) throws IOException {
        byte[] bytes = (DatePrefix.at(time) + line + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
        if (maxSize > 0 && size > 0 && size + bytes.length > maxSize) {
            rotate();
        } else if (Duration.between(looked, time).abs().compareTo(LOOK_AGAIN) > 0) {
            looked = time;
            reopenIfMoved();
        }
        out.write(bytes);
        size += bytes.length;
    }

    private void reopenIfMoved() throws IOException {
        if (!identity().equals(identity)) {
            out.close();
            open();
        }
    }

    private void rotate() throws IOException {
        out.close();
        for (int i = KEPT - 1; i > 0; i--) {
            if (Files.exists(numbered(i))) {
                Files.move(numbered(i), numbered(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (Files.exists(file)) {
            Files.move(file, numbered(1), StandardCopyOption.REPLACE_EXISTING);
        }
        open();
    }

    private Path numbered(int i) {
        return file.resolveSibling(file.getFileName() + "." + i);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
