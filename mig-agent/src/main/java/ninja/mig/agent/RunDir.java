package ninja.mig.agent;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.agent.service.ServiceCommand;

/** The directory where an agent keeps what it must not forget: {@code /var/lib/mig} on Linux. */
final class RunDir {
    /** System property that names another directory, for tests and for a second agent on one host. */
    static final String PROPERTY = "mig.agent.rundir";

    private static final String UNFINISHED = ".tmp";
    private static final Pattern WRITER = Pattern.compile("\\.mig([0-9]{1,18})-[0-9]+\\" + UNFINISHED);
    private static final Path SELF = Path.of("/proc/self");
    private static final int PIECE = 64 * 1024;

    private final Path path;

    private RunDir(Path path) {
        this.path = path;
    }

    /** The directory of this system, or the one that {@value #PROPERTY} names. */
    static Path location(String os) {
        String given = System.getProperty(PROPERTY, "");
        return given.isEmpty() ? usual(os) : Path.of(given).toAbsolutePath();
    }

    /** The directory that {@value #PROPERTY} names, if it is not this system's own. */
    static Optional<Path> unusual(String os) {
        Path location = location(os);
        return location.equals(usual(os)) ? Optional.empty() : Optional.of(location);
    }

    private static Path usual(String os) {
        return Path.of(ServiceCommand.usualRunDir(os));
    }

    /**
     * Opens the directory, which is made if it is missing; a foreign file in its place is left alone and reported.
     *
     * @throws IOException if it cannot be made, or belongs to another user, who could give the agent another identity
     */
    static RunDir open(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(path)) {
            throw new FileAlreadyExistsException(path + " is not a directory; the agent keeps its identity there");
        }
        Files.createDirectories(path);
        if (!isOurs(path)) {
            throw new IOException(path + " belongs to " + AgentProcess.ownerOf(path)
                    + ", and this agent runs as another user: chown it, with what is in it");
        }
        setMode(path, "rwxr-xr-x");
        return new RunDir(path);
    }

    /**
     * Removes what processes of this agent that were killed while they wrote a file have left. To be called by who holds a
     * lock that keeps other daemons, or other check-ins, away.
     */
    void removeUnfinished() throws IOException {
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(path, ".mig*" + UNFINISHED)) {
            for (Path file : unfinished) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && isOurs(file) && isLeft(file, WRITER)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /**
     * Whether nobody finishes a file: an upgrade's other agent, or a check-in, may write now. A number may have become another
     * process's.
     *
     * @param writer finds the number of the writing process in the file's name, as its first group
     */
    static boolean isLeft(Path file, Pattern writer) {
        Matcher m = writer.matcher(file.getFileName().toString());
        boolean lives = !m.matches()
                || ProcessHandle.of(Long.parseLong(m.group(1)))
                        .filter(ProcessHandle::isAlive)
                        .isPresent();
        long old = Instant.now().minus(Duration.ofHours(1)).toEpochMilli();
        return !lives || file.toFile().lastModified() < old;
    }

    /** The directory as it is, for who only looks: nothing is made or changed. */
    static RunDir existing(Path path) {
        return new RunDir(path);
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** A directory below, for its owner alone. */
    Path directory(String name) throws IOException {
        Path directory = Files.createDirectories(path.resolve(name));
        setMode(directory, "rwx------");
        return directory;
    }

    /** What a file shall hold. */
    interface Content {
        /** Bytes, more or less. */
        long size();

        void writeTo(OutputStream out) throws IOException;
    }

    /** As {@link #write(Path, Content, String)}. */
    void write(Path file, byte[] content, String mode) throws IOException {
        write(file, content(content), mode);
    }

    /** In pieces: Java copies what it writes into memory outside of the heap, and keeps that. */
    static Content content(byte[] bytes) {
        return new Content() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                for (int at = 0; at < bytes.length; at += PIECE) {
                    out.write(bytes, at, Math.min(PIECE, bytes.length - at));
                }
            }
        };
    }

    /** Replaces a file in one step, on disk when this returns. */
    void write(Path file, Content content, String mode) throws IOException {
        Path unfinished =
                Files.createTempFile(path, ".mig" + ProcessHandle.current().pid() + "-", UNFINISHED);
        try {
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), PIECE);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            setMode(unfinished, mode);
            Files.move(unfinished, file, ATOMIC_MOVE, REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        sync(file.getParent());
    }

    /** Reads a file, in pieces for the same reason as {@link #content}. */
    static byte[] read(Path file) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(Files.size(file))];
        try (InputStream in = Files.newInputStream(file)) {
            int n;
            for (int at = 0; at < bytes.length; at += n) {
                n = in.readNBytes(bytes, at, Math.min(PIECE, bytes.length - at));
                if (n == 0) {
                    throw new EOFException(file + " has become shorter");
                }
            }
        }
        return bytes;
    }

    /** Renames a file in one step, on disk when this returns. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, ATOMIC_MOVE);
        sync(to.getParent());
    }

    /** Whether a file belongs to the user of this process. */
    static boolean isOurs(Path path) throws IOException {
        return Files.isDirectory(SELF)
                ? AgentProcess.ownerOf(path).equals(AgentProcess.ownerOf(SELF))
                : Files.getFileAttributeView(path, PosixFileAttributeView.class) == null
                        || AgentProcess.ownerOf(path).equals(System.getProperty("user.name"));
    }

    /** @param mode on Windows, which has none, only the agent's user and the host's administrators get access */
    static void setMode(Path path, String mode) throws IOException {
        if (Files.getFileAttributeView(path, PosixFileAttributeView.class) != null) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            return;
        }
        AclFileAttributeView view = Files.getFileAttributeView(path, AclFileAttributeView.class);
        if (view != null) {
            WindowsAcl.apply(view, path.getFileSystem().getUserPrincipalLookupService(), Files.isDirectory(path));
        }
    }

    /** Makes a rename last; Windows neither needs that nor opens directories. */
    private static void sync(Path directory) throws IOException {
        if (Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
