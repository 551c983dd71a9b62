package ninja.mig.modules.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * The content of a gzip file of one member or several. Unlike Java's own stream it refuses what it does not understand
 * behind a member, since a file must not hide there; padding with zeros is none of that.
 */
final class Gunzip implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;
    private static final int DEFLATE = 8;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private int next;
    private int end;
    private boolean inMember;
    private boolean first = true;

    /** @param in should not be buffered: this is */
    Gunzip(InputStream in) {
        this.in = in;
    }

    /** @return how many bytes were put there, at least one; -1 at the end */
    int read(byte[] into, int from, int length) throws IOException {
        while (true) {
            if (!inMember && !startMember()) {
                return -1;
            }
            int n = inflate(into, from, length);
            if (n > 0) {
                checksum.update(into, from, n);
                return n;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsInput()) {
                fill();
                inflater.setInput(buffer, 0, end);
                next = end;
            } else {
                throw new ZipException("preset dictionary");
            }
        }
    }

    private int inflate(byte[] into, int from, int length) throws IOException {
        try {
            return inflater.inflate(into, from, length);
        } catch (DataFormatException e) {
            ZipException malformed = new ZipException("not deflated data");
            malformed.initCause(e);
            throw malformed;
        }
    }

    /** @return whether there is a member */
    private boolean startMember() throws IOException {
        if (!first && (isAtEnd() || buffer[next] == 0 && isPadding())) {
            return false;
        }
        first = false;
        if (one() != 0x1F || one() != 0x8B || one() != DEFLATE) {
            throw new ZipException("not a gzip member");
        }
        int flags = one();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(one() | one() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        inflater.reset();
        inflater.setInput(buffer, next, end - next);
        next = end;
        checksum.reset();
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        next = end - inflater.getRemaining();
        long sum = four();
        long length = four();
        if (sum != checksum.getValue() || length != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new ZipException("wrong checksum");
        }
        inMember = false;
    }

    private boolean isPadding() throws IOException {
        while (!isAtEnd()) {
            if (buffer[next++] != 0) {
                throw new ZipException("not a gzip member");
            }
        }
        return true;
    }

    private void skipText() throws IOException {
        while (one() != 0) {
            // The name of a file, or a comment.
        }
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            one();
        }
    }

    private long four() throws IOException {
        return one() | one() << 8 | one() << 16 | (long) one() << 24;
    }

    private int one() throws IOException {
        if (next == end) {
            fill();
        }
        return buffer[next++] & 0xff;
    }

    private boolean isAtEnd() throws IOException {
        if (next < end) {
            return false;
        }
        next = 0;
        end = Math.max(0, in.read(buffer));
        return end == 0;
    }

    private void fill() throws IOException {
        if (isAtEnd()) {
            throw new EOFException("truncated");
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
