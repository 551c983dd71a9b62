package ninja.mig.quickstart;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Waits for a condition in another process, and fails at once when that process is gone. */
final class Wait {
    private static final Duration POLL = Duration.ofMillis(50);

    /** Present once the condition holds. */
    interface Condition<T> {
        Optional<T> check() throws IOException;
    }

    private Wait() {}

    /** @param what ends the sentence "waited for ..." */
    static <T> T until(String what, Duration limit, List<Daemon> daemons, Condition<T> condition) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> value = condition.check();
            if (value.isPresent()) {
                return value.get();
            }
            for (Daemon daemon : daemons) {
                daemon.requireAlive();
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("waited " + limit.toSeconds() + " s for " + what + ", in vain" + logs(daemons));
            }
            pause();
        }
    }

    private static String logs(List<Daemon> daemons) throws IOException {
        StringBuilder logs = new StringBuilder();
        for (Daemon daemon : daemons) {
            logs.append("\nThe end of the log of the ")
                    .append(daemon)
                    .append(":\n")
                    .append(daemon.logTail());
        }
        return logs.toString();
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
