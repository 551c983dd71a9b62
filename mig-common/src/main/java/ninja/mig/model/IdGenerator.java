package ninja.mig.model;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;

/**
 * Draws ids that are unique across processes and restarts and grow within a process: 31 bits of seconds since
 * 2013-04-29T18:00:00Z, then a counter of 22 bits that starts each second at a random value below 2^21. When the counter
 * is used up the next second is borrowed; when the clock goes back, the generator does not.
 */
public final class IdGenerator {
    static final long EPOCH = 1367258400L;
    private static final int COUNTER_BITS = 22;

    private final Clock clock;
    private final RandomGenerator random;
    private long second;
    private long counter;

    public IdGenerator(Clock clock) {
        this(clock, new SecureRandom());
    }

    IdGenerator(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** The next id; safe to call from any thread. */
    public synchronized MigId next() {
        long now = clock.instant().getEpochSecond() - EPOCH;
        if (now > second) {
            startSecond(now);
        } else if (++counter >= 1L << COUNTER_BITS) {
            startSecond(second + 1);
        }
        return new MigId(second << COUNTER_BITS | counter);
    }

    private void startSecond(long next) {
        second = next;
        counter = random.nextLong(1L << (COUNTER_BITS - 1));
    }
}
