package ninja.mig.modules.memory;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads {@code /proc/<pid>/maps}, line by line: there may be a million. */
final class Maps implements Closeable {
    private static final int BUFFER = 64 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;
    private String lastName = "";

    Maps(InputStream in) {
        this.in = in;
    }

    /** The next one, at a higher address; nothing at the end. */
    Optional<Mapping> next() throws IOException {
        int end = endOfLine();
        if (from == end && end == to) {
            return Optional.empty();
        }
        Mapping mapping = Mapping.of(buffer, from, end, lastName);
        lastName = mapping.name();
        from = Math.min(end + 1, to);
        return Optional.of(mapping);
    }

    /** Where the line feed is behind the next line, or the end of all. */
    private int endOfLine() throws IOException {
        int at = from;
        while (true) {
            while (at < to && buffer[at] != '\n') {
                at++;
            }
            if (at < to) {
                return at;
            }
            System.arraycopy(buffer, from, buffer, 0, to - from);
            at -= from;
            to -= from;
            from = 0;
            if (to == buffer.length) {
                throw new IOException("a line of maps has more than " + BUFFER + " bytes");
            }
            int n = in.read(buffer, to, buffer.length - to);
            if (n < 0) {
                return to;
            }
            to += n;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
