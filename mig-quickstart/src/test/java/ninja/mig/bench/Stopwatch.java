package ninja.mig.bench;

/** Seconds between two readings of {@link System#nanoTime}. */
final class Stopwatch {
    private static final double NANOS = 1e9;

    private Stopwatch() {}

    static double seconds(long from, long to) {
        return (to - from) / NANOS;
    }
}
