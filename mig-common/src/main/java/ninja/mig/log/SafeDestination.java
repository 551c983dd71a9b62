package ninja.mig.log;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;

/** Writes to another destination, and what cannot be written there to standard error, so that it is not lost unseen. */
final class SafeDestination implements Destination {
    private final Destination destination;
    private final PrintStream lastResort;
    private boolean failing;

    SafeDestination(Destination destination, PrintStream lastResort) {
        this.destination = destination;
        this.lastResort = lastResort;
    }

    @Override
    public void write(Instant time, Severity severity, String line) {
        try {
            destination.write(time, severity, line);
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                lastResort.println("cannot write the log: " + e);
            }
            failing = true;
            lastResort.println(DatePrefix.at(time) + line);
        }
    }

    @Override
    public void close() {
        try {
            destination.close();
        } catch (IOException e) {
            lastResort.println("cannot close the log: " + e);
        }
    }
}
