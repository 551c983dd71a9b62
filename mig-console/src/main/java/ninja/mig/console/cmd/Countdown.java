package ninja.mig.console.cmd;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The last five seconds in which an investigator can change their mind. */
final class Countdown {
    private final PrintStream out;

    Countdown(PrintStream out) {
        this.out = out;
    }

    /**
     * Counts down from five, a number a second.
     *
     * @param cancelled ends it early
     * @return whether it reached the end
     */
    boolean run(CountDownLatch cancelled) throws InterruptedException {
        out.print("ctrl+c to cancel. launching in ");
        for (int i = 5; i > 0; i--) {
            out.print(i + " ");
            out.flush();
            if (cancelled.await(1, TimeUnit.SECONDS)) {
                return false;
            }
        }
        out.println("GO");
        return true;
    }
}
