package ninja.mig.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Marker;
import org.slf4j.event.Level;

/** The form of a log line: {@code <operation> <action> <command> [<severity>] <text>}. One entry is one line. */
final class LogLine {
    private static final int FRAMES = 20;

    private LogLine() {}

    static String of(ILoggingEvent event) {
        Map<String, String> ids = event.getMDCPropertyMap();
        StringBuilder line = new StringBuilder(200)
                .append(ids.getOrDefault(LogContext.OPERATION, "-"))
                .append(' ')
                .append(ids.getOrDefault(LogContext.ACTION, "-"))
                .append(' ')
                .append(ids.getOrDefault(LogContext.COMMAND, "-"))
                .append(" [")
                .append(severity(event).word())
                .append("] ");
        escape(event.getFormattedMessage(), line);
        for (IThrowableProxy t = event.getThrowableProxy(); t != null; t = t.getCause()) {
            cause(t, line);
        }
        return line.toString();
    }

    static Severity severity(ILoggingEvent event) {
        List<Marker> markers = event.getMarkerList();
        if (markers != null && !markers.isEmpty()) {
            for (Severity s : Severity.values()) {
                if (markers.contains(s.marker())) {
                    return s;
                }
            }
        }
        return Severity.of(Level.valueOf(event.getLevel().toString()));
    }

    /** What happened, and where if it is a defect: an outage needs no stack. */
    private static void cause(IThrowableProxy t, StringBuilder line) {
        line.append(": ").append(t.getClassName());
        if (t.getMessage() != null) {
            escape(": " + t.getMessage(), line);
        }
        if (isDefect(t)) {
            Arrays.stream(t.getStackTraceElementProxyArray())
                    .limit(FRAMES)
                    .map(StackTraceElementProxy::getSTEAsString)
                    .forEach(frame -> escape(" | " + frame, line));
        }
    }

    private static boolean isDefect(IThrowableProxy t) {
        return t instanceof ThrowableProxy p
                && (p.getThrowable() instanceof RuntimeException || p.getThrowable() instanceof Error);
    }

    /** Control characters, tab excepted, would let logged data forge lines or colour a terminal. */
    private static void escape(String text, StringBuilder line) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append("\\n");
            } else if (c == '\r') {
                line.append("\\r");
            } else if (Character.isISOControl(c) && c != '\t') {
                line.append(String.format("\\x%02x", (int) c));
            } else if (c == '\u2028' || c == '\u2029') {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
    }
}
