package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.Optional;
import ninja.mig.modules.RunContext;

/**
 * The sub-folders of a folder that wait for the walk to enter them, in byte order. If there is no room for all, the rest is
 * looked for again when those in front of it are done.
 */
final class SubFolders {
    /** What the waiting folders of a walk take in memory, roughly. */
    static final class Room {
        private static final int BYTES = 4 << 20;

        private long left;

        Room() {
            this(BYTES);
        }

        Room(long bytes) {
            left = bytes;
        }
    }

    /** There is always room for so many, so that the walk goes on. */
    private static final int LEAST = 16;

    private final Path folder;
    private final Room room;
    private final RunContext context;
    private final int bytes;
    private final Deque<Path> waiting = new ArrayDeque<>(LEAST);
    private Optional<Path> last = Optional.empty();
    private boolean more;

    SubFolders(Path folder, Room room, RunContext context) {
        this.folder = folder;
        this.room = room;
        this.context = context;
        this.bytes = SortedFolder.bytes(folder);
    }

    /** @param path behind all that were added before */
    void add(Path path) {
        if (more || room.left < bytes && waiting.size() >= LEAST) {
            more = true;
            return;
        }
        room.left -= bytes;
        waiting.add(path);
        last = Optional.of(path);
    }

    /** As many as there was room for. */
    Collection<Path> waiting() {
        return Collections.unmodifiableCollection(waiting);
    }

    /** The next one, which waits no longer. */
    Optional<Path> next() throws IOException {
        if (waiting.isEmpty() && more) {
            more = false;
            fill();
        }
        Optional<Path> next = Optional.ofNullable(waiting.poll());
        if (next.isPresent()) {
            room.left += bytes;
        }
        return next;
    }

    private void fill() throws IOException {
        SortedFolder entries = new SortedFolder(folder, last, context);
        while (entries.hasMore() && !more) {
            for (Path entry : entries.next()) {
                if (more || context.mustStop()) {
                    return;
                }
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    add(entry);
                }
            }
        }
    }
}
