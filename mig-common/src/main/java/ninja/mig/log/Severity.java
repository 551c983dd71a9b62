package ninja.mig.log;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.event.Level;

/**
 * The severity words of log lines, in the order of syslog. SLF4J has no levels for some of them; a marker on the nearest
 * level says which is meant: {@code log.info(Severity.NOTICE.marker(), "...")}, and {@code log.error} for critical, alert
 * and emergency.
 */
public enum Severity {
    EMERGENCY,
    ALERT,
    CRITICAL,
    ERROR,
    WARNING,
    NOTICE,
    INFO,
    DEBUG;

    private static final Map<String, Severity> SHORT =
            Map.of("emerg", EMERGENCY, "crit", CRITICAL, "err", ERROR, "warn", WARNING);

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Reads a severity in its long or short spelling. */
    public static Optional<Severity> parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(s -> s.word.equals(lower))
                .findFirst()
                .or(() -> Optional.ofNullable(SHORT.get(lower)));
    }

    static Severity of(Level level) {
        return switch (level) {
            case ERROR -> ERROR;
            case WARN -> WARNING;
            case INFO -> INFO;
            case DEBUG, TRACE -> DEBUG;
        };
    }

    /** Makes a log statement one of this severity. */
    public Marker marker() {
        // Not a field: the first use of SLF4J sets up the log, which needs this class to be complete.
        return MarkerFactory.getMarker("mig." + word);
    }

    /** As in log lines. */
    public String word() {
        return word;
    }

    /** Whether a log at the given level shows this. */
    boolean isShownAt(Severity level) {
        return compareTo(level) <= 0;
    }
}
