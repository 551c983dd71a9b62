package ninja.mig.platform.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waits for what other threads and programs do. */
public final class Await {
    /** Longer than anything takes on the busiest machine: whoever waits so long waits in vain. */
    private static final Duration USUAL = Duration.ofMinutes(2);

    private static final long LONGEST_PAUSE_MILLIS = 20;

    private Await() {}

    /** Holds some time. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Waits for two minutes at most.
     *
     * @param what ends the sentence "waited for ..."
     * @return how long it took
     * @throws AssertionError if that is not enough
     */
    public static Duration until(String what, Condition condition) throws Exception {
        return until(what, USUAL, condition);
    }

    /** As {@link #until(String, Condition)}, with another limit. */
    public static Duration until(String what, Duration limit, Condition condition) throws Exception {
        return until(() -> what, limit, condition);
    }

    /**
     * As {@link #until(String, Condition)}, with another limit.
     *
     * @param what is asked when the limit is over
     */
    public static Duration until(Supplier<String> what, Duration limit, Condition condition) throws Exception {
        return until(what, limit, condition, LONGEST_PAUSE_MILLIS);
    }

    /** As {@link #until(String, Duration, Condition)}; looks often at first, so that short times are measured well. */
    public static Duration closely(String what, Duration limit, Condition condition) throws Exception {
        return until(() -> what, limit, condition, 1);
    }

    private static Duration until(Supplier<String> what, Duration limit, Condition condition, long firstPauseMillis)
            throws Exception {
        long start = System.nanoTime();
        long pause = firstPauseMillis;
        CountDownLatch never = new CountDownLatch(1);
        for (int looks = 1; !condition.holds(); looks++) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("waited " + limit.toSeconds() + " s for " + what.get() + ", in vain");
            }
            never.await(pause, TimeUnit.MILLISECONDS);
            pause = looks % 50 == 0 ? Math.min(pause * 2, LONGEST_PAUSE_MILLIS) : pause;
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
