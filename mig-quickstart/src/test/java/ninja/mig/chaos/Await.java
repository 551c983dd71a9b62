package ninja.mig.chaos;

import java.time.Duration;
import java.util.function.Supplier;

/** Waits for a condition. */
final class Await {
    private static final Duration POLL = Duration.ofMillis(20);

    interface Condition {
        boolean holds() throws Exception;
    }

    private Await() {}

    /**
     * @param what ends the sentence "waited for ..."
     * @return how long it took
     */
    static Duration until(String what, Duration limit, Condition condition) throws Exception {
        return until(() -> what, limit, condition);
    }

    static Duration until(Supplier<String> what, Duration limit, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("waited " + limit.toSeconds() + " s for " + what.get() + ", in vain");
            }
            Thread.sleep(POLL.toMillis());
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
