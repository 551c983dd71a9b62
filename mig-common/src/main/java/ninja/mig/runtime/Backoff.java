package ninja.mig.runtime;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses after failures: each twice the one before, between two bounds. Not for use by several threads. */
public final class Backoff {
    private final Duration shortest;
    private final Duration longest;
    private int failures;

    public Backoff(Duration shortest, Duration longest) {
        this.shortest = shortest;
        this.longest = longest;
    }

    /** The pause after one more failure, up to a tenth shorter, so that a fleet does not come back in step. */
    public Duration next() {
        long millis = shortest.toMillis() << Math.min(failures++, 30);
        return jittered(Duration.ofMillis(Math.min(millis, longest.toMillis())));
    }

    /** Failures since the last success. */
    public int failures() {
        return failures;
    }

    public void reset() {
        failures = 0;
    }

    /** The pause, or up to a tenth less. */
    static Duration jittered(Duration pause) {
        return pause.minusNanos(ThreadLocalRandom.current().nextLong(pause.toNanos() / 10 + 1));
    }
}
