package ninja.mig.modules.file;

import java.util.Arrays;
import ninja.mig.modules.regex.Lines;

/**
 * Cuts what is read of a file into blocks of whole lines, of which only what follows the last line is moved. Lines may be of any
 * length: one longer than 1 MiB is cut into overlapping pieces, each taken as a line. Used for one file after the other.
 */
final class LineCutter {
    static final int LONGEST_PIECE = 1024 * 1024;
    static final int OVERLAP = 4096;

    /** At most so much is read at once: it stays in the cache of a processor while it is looked at. */
    static final int BLOCK = 64 * 1024;

    /** Takes lines, all of them whole. */
    interface Taker {
        void take(byte[] bytes, int from, int to);
    }

    private byte[] bytes = new byte[BLOCK];

    /** Bytes of a line whose end has not been read, at the beginning: at most a piece. */
    private int kept;

    private int to;
    private int done;

    /** Another file begins. */
    void begin() {
        kept = 0;
    }

    /** Where the next bytes go: to {@link #from} and behind, {@link #room} of them. */
    byte[] bytes() {
        return bytes;
    }

    int from() {
        return kept;
    }

    /** Makes room if there is little, without moving what is kept. */
    int room() {
        if (bytes.length - kept < BLOCK / 2) {
            bytes = Arrays.copyOf(bytes, Math.min(2 * bytes.length, LONGEST_PIECE + BLOCK));
        }
        return Math.min(BLOCK, bytes.length - kept);
    }

    /**
     * Lines end in the bytes that were put there, or go on. The bytes stay where they are until {@link #advance}.
     *
     * @param fresh how many
     * @param atEnd whether the content ends there: a last line without line feed counts
     */
    void cut(int fresh, boolean atEnd, Taker taker) {
        to = kept + fresh;
        done = 0;
        if (to > LONGEST_PIECE && Lines.end(bytes, kept, to) > LONGEST_PIECE) {
            taker.take(bytes, 0, LONGEST_PIECE);
            done = LONGEST_PIECE - OVERLAP;
        }
        int end = atEnd ? to : Lines.start(bytes, kept, to);
        if (end > done && (atEnd || end > kept)) {
            taker.take(bytes, done, end);
            done = end;
        }
    }

    /** Goes on behind the lines that were taken. */
    void advance() {
        if (done > 0) {
            System.arraycopy(bytes, done, bytes, 0, to - done);
        }
        kept = to - done;
    }
}
