package ninja.mig.console.cmd;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C while an action is followed: what is there is printed before the program ends. The JVM ends as soon as its
 * shutdown hooks have, so the hook asks the main thread to stop and waits until it has printed.
 */
final class Interruption {
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static final int PRINTING_SECONDS = 10;

    private Interruption() {}

    /** Runs {@code stop} on Ctrl-C or SIGTERM, from now on. */
    static void onInterrupt(Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (ENDED.getCount() > 0) {
                                stop.run();
                                awaitEnd();
                            }
                        },
                        "interruption"));
    }

    private static void awaitEnd() {
        try {
            if (!ENDED.await(PRINTING_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("gave up printing after " + PRINTING_SECONDS + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The main thread has printed everything. */
    static void ended() {
        ENDED.countDown();
    }
}
