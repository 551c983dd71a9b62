package ninja.mig.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.runtime.Routines;

/** Ends the process when an orderly stop takes too long, unless that stop is over before. */
final class ShutdownLimit implements AutoCloseable {
    private final Duration limit;
    private final CountDownLatch over = new CountDownLatch(1);

    ShutdownLimit(Duration limit) {
        this.limit = limit;
    }

    /** From now on the time counts. */
    void start() {
        Routines.thread("shutdown-limit", this::haltLate).start();
    }

    private void haltLate() {
        try {
            if (over.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(Main.OK);
    }

    /** The stop is over. */
    @Override
    public void close() {
        over.countDown();
    }
}
