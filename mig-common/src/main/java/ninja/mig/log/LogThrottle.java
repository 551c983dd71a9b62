package ninja.mig.log;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Lets one log line per key and period through, so that one agent cannot fill the log. Keys may come from anywhere. */
public final class LogThrottle {
    private static final int MOST_KEYS = 10_000;

    private final Duration period;
    private final Clock clock;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private static final class Entry {
        Instant until = Instant.MIN;
        int suppressed;
    }

    public LogThrottle(Duration period, Clock clock) {
        this.period = period;
        this.clock = clock;
    }

    /** @return how many lines of this key were held back since the last one; empty to hold back this one too */
    public synchronized OptionalInt next(String key) {
        Instant now = clock.instant();
        Entry entry = entries.computeIfAbsent(key, k -> new Entry());
        boolean wasSetBack = now.plus(period).isBefore(entry.until);
        if (now.isBefore(entry.until) && !wasSetBack) {
            entry.suppressed++;
            return OptionalInt.empty();
        }
        entry.until = now.plus(period);
        int suppressed = entry.suppressed;
        entry.suppressed = 0;
        forgetOldest();
        return OptionalInt.of(suppressed);
    }

    private void forgetOldest() {
        if (entries.size() > MOST_KEYS) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** What to add to a line for those that were held back. */
    public static String more(int suppressed) {
        return suppressed == 0 ? "" : " (and " + suppressed + " times since the last such line)";
    }
}
