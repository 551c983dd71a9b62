package ninja.mig.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;

/** Turns what is logged into lines for a destination. */
final class LineAppender extends AppenderBase<ILoggingEvent> {
    private final Destination destination;
    private final Severity level;

    LineAppender(Destination destination, Severity level) {
        this.destination = destination;
        this.level = level;
        setName("mig");
    }

    @Override
    protected void append(ILoggingEvent event) {
        Severity severity = LogLine.severity(event);
        if (!severity.isShownAt(level)) {
            return;
        }
        try {
            destination.write(event.getInstant(), severity, LogLine.of(event));
        } catch (IOException e) {
            addError("cannot write the log", e);
        }
    }

    @Override
    public void stop() {
        super.stop();
        try {
            destination.close();
        } catch (IOException e) {
            addError("cannot close the log", e);
        }
    }
}
