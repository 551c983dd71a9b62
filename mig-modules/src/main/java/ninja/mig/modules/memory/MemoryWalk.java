package ninja.mig.modules.memory;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.memory.Examination.Kernel;

/**
 * Goes through the memory of processes, from low addresses to high ones, in pieces of 1 MiB that overlap. A piece never
 * spans a gap between mappings, nor memory that could not be read: what it shows as neighbours are neighbours.
 */
final class MemoryWalk {
    static final int PIECE = 1 << 20;

    /** At most so much at once: who waits for the kernel holds as much again. */
    private static final int READ = 128 * 1024;

    /** Reads of one mapping that may fail before the rest of it is given up; each is one page. */
    private static final int MOST_FAILURES = 1024;

    private static final int USUAL_PAGE = 4096;

    private final RunContext context;
    private byte[] piece = {};

    MemoryWalk(RunContext context) {
        this.context = context;
    }

    /** Is told what cannot be read. */
    interface Unread {
        /** The first address of a mapping that cannot be read, and why. */
        void at(long address, String reason);

        /** The end of a mapping, from this address on, that was not even tried after so many pages. */
        void givenUp(long from, long end, int pages);
    }

    /** @return how many bytes were read */
    long walk(Processes.Subject process, MemoryScan scan, Kernel kernel, Unread failures) throws IOException {
        if (piece.length == 0) {
            piece = new byte[PIECE]; // Most of those who are left behind never come here.
        }
        return new Walk(process, scan, kernel, failures).walk();
    }

    /** Of one process. */
    private final class Walk {
        private final Processes.Subject process;
        private final MemoryScan scan;
        private final Kernel kernel;
        private final Unread failures;
        private final Optional<Pagemap> pagemap;
        private final int pageSize;

        /** Address of the first byte of the piece. */
        private long start;

        private int filled;

        /** How much of it has been looked at. */
        private int lookedAt;

        private long bytesRead;
        private boolean ended;

        Walk(Processes.Subject process, MemoryScan scan, Kernel kernel, Unread failures) {
            this.process = process;
            this.scan = scan;
            this.kernel = kernel;
            this.failures = failures;
            this.pagemap = process.pagemap();
            this.pageSize = pagemap.map(Pagemap::pageSize).orElse(USUAL_PAGE);
        }

        long walk() throws IOException {
            long reached = 0;
            try (Maps maps = kernel.ask(process::maps)) {
                while (goesOn()) {
                    Optional<Mapping> next = kernel.ask(maps::next);
                    if (next.isEmpty()) {
                        break;
                    }
                    Mapping mapping = next.get();
                    if (mapping.isSearched()) {
                        // What was mapped since the walk began may overlap with what has been read.
                        read(mapping, Math.max(mapping.start(), reached));
                        reached = Math.max(reached, mapping.end());
                    }
                }
            }
            look();
            return bytesRead;
        }

        private boolean goesOn() {
            if (scan.most() <= filled - lookedAt) {
                look();
            }
            return !ended && !scan.isDone() && !context.mustStop();
        }

        private void read(Mapping mapping, long from) throws IOException {
            long at = from;
            long inUse = from; // up to here there is no hole
            int failed = 0;
            while (at < mapping.end() && goesOn()) {
                if (at < scan.from()) {
                    at = Math.min(scan.from(), mapping.end());
                    continue;
                }
                if (at >= inUse) {
                    long hole = endOfHole(mapping, at);
                    if (hole > at) {
                        zeros(at, hole);
                        at = hole;
                        continue;
                    }
                    inUse = endOfUse(mapping, at);
                }
                int length = room(at, Math.min(inUse, mapping.end()));
                if (scan.isDone()) {
                    return;
                }
                int n = read(at, length, failed == 0);
                if (n > 0) {
                    at += n;
                } else {
                    at = (at / pageSize + 1) * pageSize;
                    if (++failed == MOST_FAILURES && at < mapping.end()) {
                        failures.givenUp(at, mapping.end(), failed);
                        return;
                    }
                }
            }
        }

        /** @return how many bytes follow in the piece; 0 if nothing can be read here */
        private int read(long at, int length, boolean firstFailure) {
            try {
                int n = kernel.ask(() -> process.read(at, piece, filled, Math.min(length, READ)));
                ended = n < 0;
                filled += Math.max(0, n);
                bytesRead += Math.max(0, n);
                return n;
            } catch (IOException e) {
                if (firstFailure) {
                    failures.at(at, Reason.of(e));
                }
                return 0;
            }
        }

        private long endOfHole(Mapping mapping, long at) throws IOException {
            return pagemap.isPresent() && mapping.isAnonymous()
                    ? kernel.ask(() -> pagemap.get().endOfHole(at, mapping.end()))
                    : at;
        }

        private long endOfUse(Mapping mapping, long at) throws IOException {
            return pagemap.isPresent() && mapping.isAnonymous()
                    ? kernel.ask(() -> pagemap.get().endOfUse(at, mapping.end()))
                    : mapping.end();
        }

        /** Makes room for the bytes at this address: a new piece if that is not where the last one ends. */
        private int room(long address, long end) {
            if (address != start + filled) {
                look();
                start = address;
                filled = 0;
                lookedAt = 0;
            } else if (filled == piece.length) {
                look();
                System.arraycopy(piece, filled - scan.overlap(), piece, 0, scan.overlap());
                start += filled - scan.overlap();
                filled = scan.overlap();
                lookedAt = filled;
            }
            long wanted = Math.max(1, scan.most() - (filled - lookedAt));
            return (int) Math.min(piece.length - filled, Math.min(end - address, wanted));
        }

        private void look() {
            if (filled > lookedAt) {
                scan.look(piece, filled, start, filled - lookedAt);
                lookedAt = filled;
            }
        }

        /** Memory that was never written. Of a long piece of it, the two ends show all that there is to see. */
        private void zeros(long from, long end) {
            long at = from;
            int shown = scan.overlap();
            if (end - from > 2L * PIECE) {
                fill(at, at + shown);
                look();
                scan.skip(at + shown, end - from - 2L * shown);
                at = end - shown;
            }
            fill(at, end);
        }

        private void fill(long from, long end) {
            long at = from;
            while (at < end && goesOn()) {
                int n = room(at, end);
                Arrays.fill(piece, filled, filled + n, (byte) 0);
                filled += n;
                at += n;
            }
        }
    }
}
