package ninja.mig.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a stored action to a scheduler that shares its spool with us: a file in {@code action/new} wakes it at once. The row
 * is what counts, so an action whose file cannot be written is not lost, only slower.
 */
final class SpoolDrop {
    private static final Logger log = LoggerFactory.getLogger(SpoolDrop.class);

    private final Path fresh;
    private final Path tmp;

    /** @param spool the folder that the scheduler's configuration names too; so {@code tmp} */
    SpoolDrop(Path spool, Path tmp) {
        this.fresh = spool.resolve("action").resolve("new");
        this.tmp = tmp;
    }

    /** Only for an action that is in the database. */
    void drop(Action action) {
        try {
            write(action);
        } catch (IOException e) {
            log.warn("cannot write action {} into {}, the scheduler finds it in the database", action.id(), fresh, e);
        }
    }

    /**
     * The file appears complete or not at all, and survives a crash of the machine. It takes no other's place: a scheduler
     * that was told by the database may have put its own there, which reminds it of what it has in hand.
     */
    private void write(Action action) throws IOException {
        String name = action.id() + ".json";
        Path unfinished = tmp.resolve("api-" + name);
        try {
            writeDurably(unfinished, MigJson.bytes(action));
            Files.createLink(fresh.resolve(name), unfinished);
            Files.delete(unfinished);
        } catch (FileAlreadyExistsException e) {
            Files.deleteIfExists(unfinished);
            log.debug("the scheduler has action {} already", action.id());
            return;
        } catch (IOException e) {
            deleteAfter(unfinished, e);
            throw e;
        }
        try (FileChannel folder = FileChannel.open(fresh, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static void writeDurably(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            }
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    private static void deleteAfter(Path file, IOException failure) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
