package ninja.mig.agent;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long an agent waits before it tries the relay again. A relay that comes back must not meet its whole fleet in one
 * instant, and one that refuses must not be asked all the time: after a loss the agents come back anywhere within 10 s,
 * after each failure they wait 5, 10, 20, 40 and then 60 s, up to a fifth more or less. A connection that breaks within a
 * minute is a failure too. Not for use by several threads.
 */
final class ReconnectPauses {
    static final Duration AFTER_LOSS = Duration.ofSeconds(10);
    static final Duration SHORTEST = Duration.ofSeconds(5);
    static final Duration LONGEST = Duration.ofSeconds(60);

    /** A connection that lasted so long was a good one. */
    static final Duration STEADY = Duration.ofSeconds(60);

    private static final double SPREAD = 0.2;
    private static final int DOUBLINGS = 10;

    private final DoubleSupplier random;
    private int failures;

    /** @param random numbers from 0 to less than 1 */
    ReconnectPauses(DoubleSupplier random) {
        this.random = random;
    }

    /** The pause after the loss of a connection that lasted so long. */
    Duration afterLoss(Duration lasted) {
        if (lasted.compareTo(STEADY) >= 0) {
            failures = 0;
        }
        if (failures > 0) {
            return afterFailure();
        }
        failures = 1;
        return times(AFTER_LOSS, random.getAsDouble());
    }

    /** The pause after an attempt that failed. */
    Duration afterFailure() {
        Duration doubled = SHORTEST.multipliedBy(1L << Math.min(failures, DOUBLINGS));
        failures++;
        return times(
                doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST, 1 - SPREAD + 2 * SPREAD * random.getAsDouble());
    }

    private static Duration times(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }
}
