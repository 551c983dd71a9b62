package ninja.mig.modules.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;

/**
 * One look at a file. Most files are done with after it; the bits for set-uid, set-gid and sticky, which Java tells only at
 * another and slower look, are read when somebody asks for the mode.
 */
final class Look {
    private static final boolean UNIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    private static final Class<? extends BasicFileAttributes> SEEN =
            UNIX ? PosixFileAttributes.class : BasicFileAttributes.class;

    private static final int NOT_READ = -1;

    private final Path path;
    private final LinkOption[] links;
    private final BasicFileAttributes seen;
    private int mode = NOT_READ;

    private Look(Path path, LinkOption[] links, BasicFileAttributes seen) {
        this.path = path;
        this.links = links;
        this.seen = seen;
    }

    static Look at(Path path, LinkOption... links) throws IOException {
        return new Look(path, links, Files.readAttributes(path, SEEN, links));
    }

    boolean isRegular() {
        return seen.isRegularFile();
    }

    boolean isDirectory() {
        return seen.isDirectory();
    }

    boolean isLink() {
        return seen.isSymbolicLink();
    }

    /** Whether a link would have been followed, so that this may be the look at its target. */
    boolean followedLinks() {
        return links.length == 0;
    }

    long size() {
        return seen.size();
    }

    Instant modified() {
        return seen.lastModifiedTime().toInstant();
    }

    /**
     * Type and permission bits as POSIX numbers them.
     *
     * @throws UncheckedIOException if the file has vanished since
     */
    int mode() {
        if (mode == NOT_READ) {
            try {
                mode = UNIX ? (Integer) Files.getAttribute(path, "unix:mode", links) : known();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return mode;
    }

    /** What results say of the file, also if it has vanished since. */
    Attributes attributes() {
        int bits;
        try {
            bits = mode();
        } catch (UncheckedIOException e) {
            bits = known(); // The special bits are lost with the file.
        }
        return new Attributes(bits, size(), modified());
    }

    /** The mode as far as the first look told. */
    private int known() {
        int type = seen.isDirectory()
                ? Attributes.DIRECTORY
                : seen.isSymbolicLink() ? Attributes.LINK : seen.isRegularFile() ? Attributes.REGULAR : 0;
        if (seen instanceof PosixFileAttributes posix) {
            int bits = 0;
            for (PosixFilePermission permission : posix.permissions()) {
                bits |= 0400 >> permission.ordinal();
            }
            return type | bits;
        }
        return type | (Files.isWritable(path) ? 0666 : 0444);
    }
}
