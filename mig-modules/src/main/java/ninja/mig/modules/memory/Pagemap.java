package ninja.mig.modules.memory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Reads {@code /proc/<pid>/pagemap}: which pages of a process are in use, in memory or on disk. The others were never
 * written; terabytes of them may be reserved, and reading them would cost the process page tables.
 */
final class Pagemap implements Closeable {
    private static final int ENTRIES = 8192;

    /** Pages: shorter holes are read like the rest. */
    private static final int SHORTEST_HOLE = 16;

    /** Pieces of {@link #ENTRIES} pages that one question looks at: questions come back, so that runs can be stopped. */
    private static final int MOST_PIECES = 32;

    /** Number of the page size in {@code /proc/self/auxv}, getauxval(3). */
    private static final long AT_PAGESZ = 6;

    private final FileChannel channel;
    private final int pageSize;
    private final ByteBuffer buffer = ByteBuffer.allocate(ENTRIES * Long.BYTES).order(ByteOrder.nativeOrder());
    private final LongBuffer entries = buffer.asLongBuffer();
    private long first;
    private int count;
    private boolean known;

    private Pagemap(FileChannel channel, int pageSize) {
        this.channel = channel;
        this.pageSize = pageSize;
    }

    /** @return nothing if the kernel does not tell, or not to us */
    static Optional<Pagemap> open(Path proc, long pid) {
        try {
            Optional<Integer> size = pageSize(proc);
            return size.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Pagemap(
                            FileChannel.open(proc.resolve(pid + "/pagemap"), StandardOpenOption.READ), size.get()));
        } catch (IOException e) {
            return Optional.empty(); // then everything is read
        }
    }

    private static Optional<Integer> pageSize(Path proc) throws IOException {
        LongBuffer auxv = ByteBuffer.wrap(Files.readAllBytes(proc.resolve("self/auxv")))
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
        while (auxv.remaining() >= 2) {
            long type = auxv.get();
            long value = auxv.get();
            if (type == AT_PAGESZ && value >= 4096 && value <= 1 << 20) {
                return Optional.of((int) value);
            }
        }
        return Optional.empty();
    }

    int pageSize() {
        return pageSize;
    }

    /** Where the hole ends that begins at this address, or a part of it; the address itself if there is none. */
    long endOfHole(long address, long end) {
        long page = address / pageSize;
        long last = lastPage(page, end);
        long at = page;
        while (at < last && !isInUse(at)) {
            at++;
        }
        long holeEnd = Math.min(at * pageSize, end);
        return at - page < SHORTEST_HOLE ? address : holeEnd;
    }

    /** Where the next hole begins, or a place before that. */
    long endOfUse(long address, long end) {
        long page = address / pageSize;
        long last = lastPage(page, end);
        long unused = 0;
        for (long at = page; at < last; at++) {
            unused = isInUse(at) ? 0 : unused + 1;
            if (unused == SHORTEST_HOLE && at - page >= SHORTEST_HOLE) {
                return (at + 1 - SHORTEST_HOLE) * pageSize;
            }
        }
        return Math.min(last * pageSize, end);
    }

    private long lastPage(long page, long end) {
        return Math.min((end + pageSize - 1) / pageSize, page + (long) MOST_PIECES * ENTRIES);
    }

    private boolean isInUse(long page) {
        if (page < first || page >= first + count) {
            load(page);
        }
        // In memory, or on disk; what the kernel did not tell may be anything.
        return !known || entries.get((int) (page - first)) >>> 62 != 0;
    }

    private void load(long page) {
        first = page;
        int n;
        try {
            n = channel.read(buffer.clear(), page * Long.BYTES);
        } catch (IOException e) {
            n = -1; // then everything is read
        }
        known = n >= Long.BYTES;
        count = known ? n / Long.BYTES : ENTRIES;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
