package ninja.mig.bench;

import java.util.Locale;

/** Tells on standard error what is going on. */
final class Progress {
    private final long start = System.nanoTime();

    void say(String format, Object... values) {
        System.err.printf(
                Locale.ROOT, "%6.1f s  %s%n", Stopwatch.seconds(start, System.nanoTime()), format.formatted(values));
    }
}
