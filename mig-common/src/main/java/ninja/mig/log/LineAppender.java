package ninja.mig.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.PrintStream;

/** Writes log lines; those that cannot be written go to standard error, so that they are not lost unseen. */
final class LineAppender extends AppenderBase<ILoggingEvent> {
    private final Destination destination;
    private final Severity level;
    private final PrintStream lastResort;
    private boolean failing;

    LineAppender(Destination destination, Severity level, PrintStream lastResort) {
        this.destination = destination;
        this.level = level;
        this.lastResort = lastResort;
        setName("mig");
    }

    @Override
    protected void append(ILoggingEvent event) {
        Severity severity = LogLine.severity(event);
        if (!severity.isShownAt(level)) {
            return;
        }
        String line = LogLine.of(event);
        try {
            destination.write(event.getInstant(), severity, line);
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                lastResort.println("cannot write the log: " + e);
            }
            failing = true;
            lastResort.println(DatePrefix.at(event.getInstant()) + line);
        }
    }

    @Override
    public void stop() {
        super.stop();
        try {
            destination.close();
        } catch (IOException e) {
            lastResort.println("cannot close the log: " + e);
        }
    }
}
