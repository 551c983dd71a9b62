package ninja.mig.modules.upgrade;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import ninja.mig.model.RejectedException;

/** The folder of the agent: a file for each version, {@code mig-agent-<version>}, and the link to the one in use. */
final class AgentFolder implements AutoCloseable {
    private static final String NAME = "mig-agent";
    private static final String SCRATCH = ".mig-agent-upgrade";
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final Set<PosixFilePermission> EXECUTABLE = PosixFilePermissions.fromString("r-x------");

    private final Path folder;
    private final Path scratch;

    private AgentFolder(Path folder, Path scratch) {
        this.folder = folder;
        this.scratch = scratch;
    }

    /**
     * Makes a place to work in, that nobody else can read; what runs before this one left there is deleted.
     *
     * @throws RejectedException if this folder has no link that could lead to another version
     */
    static AgentFolder open(Path folder, Instant now) throws IOException, RejectedException {
        Path link = folder.resolve(NAME);
        if (Files.exists(link, NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
            throw new RejectedException(
                    link + " is a file and no link: an agent that is to be upgraded is installed as " + NAME
                            + "-<version>, with a link to it");
        }
        AgentFolder opened = new AgentFolder(
                folder,
                Files.createTempDirectory(
                        folder,
                        SCRATCH,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
        try {
            opened.deleteForgotten(now);
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    /** In a folder that all may write to, names of this kind may be anybody's. */
    private void deleteForgotten(Instant now) throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, SCRATCH + "*")) {
            for (Path leftover : leftovers) {
                if (isForgotten(leftover, now)) {
                    delete(leftover);
                }
            }
        }
    }

    private boolean isForgotten(Path leftover, Instant now) throws IOException {
        return Files.isDirectory(leftover, NOFOLLOW_LINKS)
                && Files.getOwner(leftover, NOFOLLOW_LINKS).equals(Files.getOwner(scratch, NOFOLLOW_LINKS))
                && Files.getLastModifiedTime(leftover, NOFOLLOW_LINKS).compareTo(FileTime.from(now.minus(FORGOTTEN)))
                        < 0;
    }

    /** What is a link by now, whatever it was a moment ago, is not followed. */
    private static void delete(Path directory) throws IOException {
        try (DirectoryStream<Path> parent = Files.newDirectoryStream(directory.getParent())) {
            if (parent instanceof SecureDirectoryStream<Path> secure) {
                deleteIn(secure, directory.getFileName());
                return;
            }
        }
        // This system has no such calls: that the directory is ours must do.
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private static void deleteIn(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        try (SecureDirectoryStream<Path> files = parent.newDirectoryStream(name, NOFOLLOW_LINKS)) {
            for (Path file : files) {
                files.deleteFile(file.getFileName());
            }
        }
        parent.deleteDirectory(name);
    }

    Path link() {
        return folder.resolve(NAME);
    }

    Path fileOf(String version) {
        return folder.resolve(NAME + "-" + version);
    }

    /**
     * The file of a release that is there already, made ready to run; nothing if there is none.
     *
     * @throws RejectedException if something else is in its place
     */
    Optional<Path> existing(Release release) throws IOException, RejectedException {
        Path file = fileOf(release.version());
        if (!Files.exists(file, NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        boolean ours = Files.isRegularFile(file, NOFOLLOW_LINKS)
                && Files.getOwner(file).equals(Files.getOwner(scratch))
                && !isWritableByOthers(file);
        if (!ours || !sha256(file).equals(release.checksum())) {
            throw new RejectedException(
                    file
                            + " is there already, and is not the file that was meant: another checksum, or others can change it");
        }
        Files.setPosixFilePermissions(file, EXECUTABLE);
        return Optional.of(file);
    }

    private static boolean isWritableByOthers(Path file) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file, NOFOLLOW_LINKS);
        return mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /** A new empty file, to be written. */
    Path create() throws IOException {
        return Files.createFile(
                scratch.resolve(NAME),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, EXECUTABLE);
    }

    /** Gives the file its name, if no other has it. */
    Path place(Path file, Release release) throws IOException, RejectedException {
        Path target = fileOf(release.version());
        try {
            // Unlike a rename, this never replaces a file.
            Files.createLink(target, file);
        } catch (FileAlreadyExistsException e) {
            throw new RejectedException(target + " was made by somebody else meanwhile", e);
        }
        try {
            Files.delete(file);
            sync();
            return target;
        } catch (IOException e) {
            Files.delete(target);
            throw e;
        }
    }

    /** A link to a file that a crash has taken away would be no agent at all. */
    private void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Where the link leads; nothing if there is none. */
    Optional<Path> target() throws IOException {
        return Files.isSymbolicLink(link()) ? Optional.of(Files.readSymbolicLink(link())) : Optional.empty();
    }

    /** Turns the link, in one step; without a target it is deleted. */
    void turn(Optional<Path> target) throws IOException {
        if (target.isEmpty()) {
            Files.deleteIfExists(link());
            return;
        }
        Path unfinished = scratch.resolve("link");
        Files.createSymbolicLink(unfinished, target.get());
        Files.move(unfinished, link(), ATOMIC_MOVE);
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        delete(scratch);
    }
}
