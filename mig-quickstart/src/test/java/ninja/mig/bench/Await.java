package ninja.mig.bench;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Waits for what happens elsewhere. */
final class Await {
    /** Holds some time. */
    interface Condition {
        boolean holds() throws Exception;
    }

    private static final long LONGEST_PAUSE_MILLIS = 20;

    private Await() {}

    /** Looks often at first, so that short times are measured well, and no more than 50 times a second later. */
    static void until(String what, Duration limit, Condition condition) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        long pause = 1;
        for (int looks = 1; !condition.holds(); looks++) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("waited " + limit.toSeconds() + " s for " + what + ", in vain");
            }
            Thread.sleep(pause);
            pause = looks % 50 == 0 ? Math.min(pause * 2, LONGEST_PAUSE_MILLIS) : pause;
        }
    }
}
