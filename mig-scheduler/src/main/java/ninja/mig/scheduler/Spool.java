package ninja.mig.scheduler;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import ninja.mig.conf.ConfException;
import ninja.mig.model.RejectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders of actions and commands, and how files get into them and out. A file's folder is its state, and a file
 * appears complete or not at all. Names that begin with a dot, symbolic links and anything but plain files are ignored.
 */
final class Spool {
    private static final Logger log = LoggerFactory.getLogger(Spool.class);

    /** Where a file can be. */
    enum Folder {
        /** Signed actions that operators drop, and actions that this scheduler is preparing. */
        ACTION_NEW("action/new"),
        ACTION_INFLIGHT("action/inflight"),
        ACTION_DONE("action/done"),
        /** With a file {@code <name>.reason} beside each. */
        ACTION_INVALID("action/invalid"),
        /** Outbox: the row is there, the relay has not confirmed the message. */
        COMMAND_READY("command/ready"),
        COMMAND_INFLIGHT("command/inflight"),
        /** Inbox: acknowledged to the relay, not yet in the database. */
        COMMAND_RETURNED("command/returned"),
        /** What came in the inbox and could not be stored, with reasons. */
        RETURNED_FAILED("command/returned/failed"),
        COMMAND_DONE("command/done");

        final String path;

        Folder(String path) {
            this.path = path;
        }
    }

    private static final Duration UNFINISHED_TOO_OLD = Duration.ofDays(1);
    private static final int MOST_SPARE = 1000;
    private static final long LARGEST_SPARE = 64 * 1024;

    /** Distinguishes the files of this process from those of others: random numbers cost more than the writing. */
    private final UUID writer = UUID.randomUUID();

    /**
     * Files without a name that counts. ext4 looks at every inode that was freed in the last minutes before it gives one to
     * a new file: where thousands come and go, that takes longer than all else that a command costs.
     */
    private final BlockingQueue<Path> spare = new LinkedBlockingQueue<>(MOST_SPARE);

    private final AtomicBoolean unwritable = new AtomicBoolean();
    private final AtomicLong written = new AtomicLong();
    private final Path root;
    private final Path tmp;
    private final boolean archive;
    private final boolean posix;

    private Spool(Path root, Path tmp, boolean archive, boolean posix) {
        this.root = root;
        this.tmp = tmp;
        this.archive = archive;
        this.posix = posix;
    }

    /**
     * Creates what is missing.
     *
     * @param archive whether finished commands are kept as files
     * @throws ConfException if the folders cannot be made, or {@code tmp} is on another file system
     */
    static Spool open(Path root, Path tmp, boolean archive) {
        try {
            boolean posix = existing(root).supportsFileAttributeView("posix");
            Spool spool = new Spool(root, tmp, archive, posix);
            for (Folder folder : Folder.values()) {
                spool.create(spool.folder(folder));
            }
            spool.create(tmp);
            spool.checkTmp();
            return spool;
        } catch (IOException e) {
            throw new ConfException("[directories] spool " + root + " cannot be used: " + e);
        }
    }

    private static FileStore existing(Path path) throws IOException {
        Path present = path.toAbsolutePath();
        while (!Files.exists(present)) {
            present = present.getParent();
        }
        return Files.getFileStore(present);
    }

    private void create(Path folder) throws IOException {
        Files.createDirectories(folder, mode("rwxr-x---"));
    }

    private FileAttribute<?>[] mode(String permissions) {
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Writes a file, as every file is written, and removes it. */
    void probe() throws IOException {
        Path probe = folder(Folder.ACTION_NEW).resolve("." + UUID.randomUUID());
        put(probe, new byte[] {'\n'}, false);
        Files.delete(probe);
    }

    /** Costs nothing as long as files can be written; when the last one could not, whether one can now. */
    void requireWritable() throws IOException {
        if (unwritable.get()) {
            probe();
        }
    }

    private void checkTmp() throws IOException {
        Path file = unfinished(new byte[] {'\n'}, false);
        Path probe = folder(Folder.ACTION_NEW).resolve("." + file.getFileName());
        try {
            Files.move(file, probe, ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.delete(file);
            throw new ConfException("[directories] tmp " + tmp + " and spool " + root
                    + " must be on one file system, where files can be renamed from one to the other: " + e);
        }
        Files.delete(probe);
    }

    Path folder(Folder folder) {
        return root.resolve(folder.path);
    }

    Path file(Folder folder, String name) {
        return folder(folder).resolve(name);
    }

    boolean archives() {
        return archive;
    }

    /** A file that another copy backs up: a row of the database. Not forced to disk. */
    void write(Folder folder, String name, byte[] content) throws IOException {
        put(file(folder, name), content, false);
    }

    /** Files that are the only copy of their contents: all on disk when this returns, none when it fails. */
    void writeSafely(Folder folder, List<byte[]> contents) throws IOException {
        List<Path> done = new ArrayList<>();
        try {
            for (byte[] content : contents) {
                Path file = file(folder, newName());
                put(file, content, true);
                done.add(file);
            }
            forceFolder(folder(folder));
        } catch (IOException e) {
            for (Path file : done) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }

    /** A file that is the only copy of its content, under a name of its own: on disk when this returns. */
    void writeSafely(Folder folder, String name, byte[] content) throws IOException {
        put(file(folder, name), content, true);
        forceFolder(folder(folder));
    }

    /** The failure of a disk is told once, and so is its end. */
    private void put(Path target, byte[] content, boolean force) throws IOException {
        if (content.length == 0) {
            throw new IOException("refusing to write an empty file into the spool");
        }
        try {
            finish(unfinished(content, force), target);
        } catch (IOException e) {
            String reason = "the spool " + root + " cannot be written: " + reason(e);
            if (!unwritable.getAndSet(true)) {
                log.error("{}; what needs it waits, and nothing is lost", reason);
            }
            throw new IOException(reason, e);
        }
        if (unwritable.get() && unwritable.getAndSet(false)) {
            log.info("the spool {} can be written again", root);
        }
    }

    private static void finish(Path file, Path target) throws IOException {
        try {
            Files.move(file, target, ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Without the name of the file, so that every failure of an outage has the same text. */
    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    private Path unfinished(byte[] content, boolean force) throws IOException {
        Path used = spare.poll();
        if (used != null) {
            try {
                return fill(used, Set.of(WRITE, TRUNCATE_EXISTING, NOFOLLOW_LINKS), content, force);
            } catch (NoSuchFileException e) {
                log.debug("somebody has tidied up: {}", used);
            }
        }
        return fill(tmp.resolve(newName()), Set.of(CREATE_NEW, WRITE), content, force);
    }

    private Path fill(Path file, Set<OpenOption> options, byte[] content, boolean force) throws IOException {
        try (FileChannel channel = FileChannel.open(file, options, mode("rw-r-----"))) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            if (force) {
                channel.force(true);
            }
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return file;
    }

    /** Of which there is never another: files of returned commands keep it. */
    private String newName() {
        return writer + "-" + written.incrementAndGet() + ".json";
    }

    /** Makes renames survive a power failure, where the platform lets a folder be opened. */
    private void forceFolder(Path folder) throws IOException {
        if (posix) {
            try (FileChannel channel = FileChannel.open(folder, READ)) {
                channel.force(true);
            }
        }
    }

    /** @return whether the file was there; somebody else who shares the spool may have been faster */
    boolean move(Path file, Folder to, String name) throws IOException {
        try {
            Files.move(file, file(to, name), ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Puts a file where an operator finds it, with the reason beside it. An older file of that name stays.
     *
     * @return where it is now; empty if somebody else was faster
     */
    Optional<Path> moveAside(Path file, Folder to, String reason) throws IOException {
        Path place = unused(to, file.getFileName().toString());
        writeReason(place, reason);
        if (move(file, to, place.getFileName().toString())) {
            return Optional.of(place);
        }
        Files.deleteIfExists(reasonOf(place));
        return Optional.empty();
    }

    /** Writes a file that is the only copy of its content where an operator finds it, with the reason beside it. */
    void writeAside(Folder folder, String name, byte[] content, String reason) throws IOException {
        Path place = unused(folder, name);
        writeReason(place, reason);
        writeSafely(folder, place.getFileName().toString(), content);
    }

    private Path unused(Folder folder, String name) {
        Path place = file(folder, name);
        for (int i = 1; Files.exists(place, NOFOLLOW_LINKS); i++) {
            place = file(folder, i + "-" + name);
        }
        return place;
    }

    /** A line that says what is wrong, perhaps followed by details. It may quote what anybody has sent. */
    void writeReason(Path file, String reason) throws IOException {
        String printable = reason.strip().replaceAll("[\\p{Cntrl}&&[^\n]]", "?");
        put(reasonOf(file), (printable + "\n").getBytes(StandardCharsets.UTF_8), false);
    }

    private static Path reasonOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".reason");
    }

    /** @return whether it was there */
    boolean delete(Folder folder, String name) throws IOException {
        return Files.deleteIfExists(file(folder, name));
    }

    /**
     * Takes a file of ours out of its folder, to be written again under another name.
     *
     * @return whether it was there
     */
    boolean recycle(Folder folder, String name) throws IOException {
        Path file = tmp.resolve(newName());
        try {
            if (spare.remainingCapacity() == 0 || Files.size(file(folder, name)) > LARGEST_SPARE) {
                return delete(folder, name);
            }
            Files.move(file(folder, name), file, ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return false;
        }
        if (!spare.offer(file)) {
            Files.deleteIfExists(file);
        }
        return true;
    }

    /** How many files are there, by their names alone: cheap, if they are many. */
    long count(Folder folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder(folder))) {
            return entries.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && !name.endsWith(".reason") && !name.equals("failed"))
                    .count();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Bytes that can still be written. */
    long free() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    /** Plain files, by name. */
    List<Path> list(Folder folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder(folder), Spool::isPlain)) {
            entries.forEach(files::add);
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        files.sort(null);
        return files;
    }

    private static boolean isPlain(Path file) {
        return !isHidden(file) && Files.isRegularFile(file, NOFOLLOW_LINKS);
    }

    private static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }

    /**
     * @return empty if the file is gone: somebody else has processed it
     * @throws RejectedException if it is larger than it may be, or not for us to read
     */
    Optional<byte[]> read(Path file, long largest) throws IOException, RejectedException {
        try {
            long size = Files.size(file);
            if (size > largest) {
                throw new RejectedException("the file has " + size + " bytes, more than " + largest);
            }
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            throw new RejectedException("the file cannot be read: permission denied", e);
        }
    }

    /** Whether whoever writes the file, not knowing of safe writes, may still be at it. */
    static boolean mayBeUnfinished(Path file, Instant now) throws IOException {
        try {
            return Files.getLastModifiedTime(file, NOFOLLOW_LINKS).toInstant().isAfter(now.minusSeconds(2));
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    /** Deletes files last changed before then, one after the other: they may be millions. */
    void removeOlder(Folder folder, Instant than, Consumer<Path> removed) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder(folder))) {
            for (Path file : entries) {
                if (isOlder(file, than) && Files.deleteIfExists(file)) {
                    removed.accept(file);
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** A plain file that is. */
    private static boolean isOlder(Path file, Instant than) throws IOException {
        if (isHidden(file)) {
            return false;
        }
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
            return found.isRegularFile() && found.lastModifiedTime().toInstant().isBefore(than);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Deletes what writers that died have left behind. */
    void removeUnfinished(Instant now) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(tmp, Spool::isOurs)) {
            for (Path file : entries) {
                if (isOlder(file, now.minus(UNFINISHED_TOO_OLD))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** The configured folder may be shared with other programs: only names of ours. */
    private static boolean isOurs(Path file) {
        return isPlain(file)
                && file.getFileName().toString().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(-[0-9]+)?\\.json");
    }

    /** The path of a file inside the spool, for log lines. */
    String name(Path file) {
        return file.startsWith(root) ? root.relativize(file).toString() : file.toString();
    }
}
