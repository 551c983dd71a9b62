package ninja.mig.workers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.UUID;
import ninja.mig.model.QueueLoc;

/**
 * The scheduler's whitelist, for adding to it. The file is replaced as a whole, so that a scheduler reads the old list or
 * the new one and never half a line, and what was added survives a loss of power. Owner, group and mode stay.
 */
final class WhitelistFile {
    private final Path file;

    private WhitelistFile(Path file) {
        this.file = file;
    }

    /** @throws IOException if it is not there, or cannot be replaced with its owner kept */
    static WhitelistFile open(Path path) throws IOException {
        Path file = path.toRealPath(); // a link stays a link
        if (!Files.isRegularFile(file)) {
            throw new FileSystemException(path.toString(), null, "is not a file");
        }
        WhitelistFile whitelist = new WhitelistFile(file);
        Files.delete(whitelist.successor(new byte[0]));
        return whitelist;
    }

    boolean lists(QueueLoc queueLoc) throws IOException {
        return lists(Files.readAllBytes(file), queueLoc);
    }

    private static boolean lists(byte[] content, QueueLoc queueLoc) {
        String entry = queueLoc.toString();
        return new String(content, StandardCharsets.ISO_8859_1).lines().anyMatch(line -> line.stripTrailing()
                .equals(entry));
    }

    /** Adds an entry, unless it is there. When this returns it is on the disk. */
    void add(QueueLoc queueLoc) throws IOException {
        try (FileChannel locked = lock()) {
            // Not by another descriptor: closing any of this process gives up its lock.
            byte[] content = Channels.newInputStream(locked).readAllBytes();
            if (!lists(content, queueLoc)) {
                replace(with(content, queueLoc));
            }
        }
    }

    /** Two of these programs do not undo each other's work. */
    private FileChannel lock() throws IOException {
        while (true) {
            // A second name, which nobody replaces, tells which file was opened.
            Path name = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".lock");
            try {
                Files.createLink(name, file);
            } catch (NoSuchFileException e) {
                if (Files.exists(file)) {
                    continue; // replaced at this moment
                }
                throw e;
            }
            FileChannel channel;
            Object opened;
            try {
                channel = FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
                opened = identity(name);
            } finally {
                Files.delete(name);
            }
            try {
                channel.lock();
                // As long as it is open no other file gets its identity.
                if (identity(file).equals(opened)) {
                    return channel;
                }
                channel.close(); // it was replaced meanwhile
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
    }

    private static Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static byte[] with(byte[] content, QueueLoc queueLoc) {
        boolean complete = content.length == 0 || content[content.length - 1] == '\n';
        byte[] line = ((complete ? "" : "\n") + queueLoc + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(content.length + line.length)
                .put(content)
                .put(line)
                .array();
    }

    private void replace(byte[] content) throws IOException {
        Path successor = successor(content);
        try {
            Files.move(successor, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.delete(successor);
            throw e;
        }
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** A file of that content beside the whitelist, on the disk, with its owner, group and mode. */
    private Path successor(byte[] content) throws IOException {
        Path successor = Files.createTempFile(file.getParent(), "." + file.getFileName() + ".", ".new");
        try {
            keepAttributes(successor);
            try (FileChannel channel = FileChannel.open(successor, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            return successor;
        } catch (IOException e) {
            Files.delete(successor);
            throw e;
        }
    }

    private void keepAttributes(Path successor) throws IOException {
        PosixFileAttributes wanted = Files.readAttributes(file, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(successor, PosixFileAttributeView.class);
        PosixFileAttributes given = view.readAttributes();
        try {
            if (!given.owner().equals(wanted.owner())) {
                view.setOwner(wanted.owner());
            }
            if (!given.group().equals(wanted.group())) {
                view.setGroup(wanted.group());
            }
        } catch (FileSystemException e) {
            throw new IOException(
                    "cannot replace %s and keep its owner %s and group %s: run this as that user"
                            .formatted(
                                    file,
                                    wanted.owner().getName(),
                                    wanted.group().getName()),
                    e);
        }
        view.setPermissions(wanted.permissions());
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
