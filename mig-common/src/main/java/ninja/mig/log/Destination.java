package ninja.mig.log;

import java.io.IOException;
import java.time.Instant;

/** Takes log lines, one at a time. */
interface Destination {
    void write(Instant time, Severity severity, String line) throws IOException;

    void close() throws IOException;
}
