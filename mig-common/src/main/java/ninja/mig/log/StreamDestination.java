package ninja.mig.log;

import java.io.PrintStream;
import java.time.Instant;

/** Standard output or standard error. */
final class StreamDestination implements Destination {
    private final PrintStream stream;

    StreamDestination(PrintStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(Instant time, Severity severity, String line) {
        stream.println(DatePrefix.at(time) + line);
        stream.flush();
    }

    @Override
    public void close() {
        stream.flush();
    }
}
