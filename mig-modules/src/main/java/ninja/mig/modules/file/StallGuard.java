package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a reader that waits for the kernel from one that works, at nearly no cost for the reader. Who waits for the reader
 * looks at it from time to time: a file that delivers nothing is closed, so that its reader gets an exception; a reader whom
 * even that does not free, or who waits in the opening of a file, which nothing breaks off, is left behind.
 */
final class StallGuard {
    /** Ends a reader that nobody waits for. */
    static final class LeftBehindException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final long LEFT = -1;

    /** Odd while the reader is in the kernel: another odd number for each time. */
    private final AtomicLong steps = new AtomicLong();

    private long step;
    private volatile Channel watched;
    private volatile long closedIn;

    // Of who looks.
    private long seen;
    private long since;

    /** The reader begins to open a file. */
    void open() {
        watched = null;
        begin();
    }

    /**
     * The file is open.
     *
     * @throws LeftBehindException as {@link #end}
     */
    void opened(Channel channel) {
        end();
        watched = channel;
    }

    /** A read begins. Time that passes between reads does not count. */
    void begin() {
        step += 2 - (step + 1 & 1);
        steps.lazySet(step);
    }

    /**
     * The kernel has answered.
     *
     * @throws LeftBehindException if the answer came too late
     */
    void end() {
        if (!steps.compareAndSet(step, step + 1)) {
            throw new LeftBehindException();
        }
        step++;
    }

    /** After an exception: whether the file was closed because it stalled. */
    boolean hasStalled() {
        boolean stalled = step == closedIn;
        if (step % 2 == 1) {
            end();
        }
        return stalled;
    }

    /**
     * Looks at the reader, from another thread and always the same.
     *
     * @param patience how long the kernel may take for one answer, as far as looks can tell
     * @return whether the reader was left behind: whatever it asked for will not be looked at
     */
    boolean look(Duration patience) {
        long now = steps.get();
        if (now != seen || now % 2 == 0) {
            seen = now;
            since = System.nanoTime();
            return false;
        }
        long waited = System.nanoTime() - since;
        if (waited < patience.toNanos()) {
            return false;
        }
        Channel channel = watched;
        if (channel == null || closedIn == now && waited >= 2 * patience.toNanos()) {
            return steps.compareAndSet(now, LEFT);
        }
        // The reader may have gone on since, to another file: this one is that of the step only if it has not.
        if (closedIn != now && steps.get() == now) {
            closedIn = now;
            closer(channel).start();
        }
        return false;
    }

    /** Of a reader that was left behind: whether it waits for the content of a file, and not for its opening. */
    boolean isOpen() {
        return watched != null;
    }

    /** Closing waits for the reader to come back. */
    private static Thread closer(Channel channel) {
        Thread closer = new Thread(
                () -> {
                    try {
                        channel.close();
                    } catch (IOException e) {
                        System.err.println("closing a stalled file: " + e.getMessage());
                    }
                },
                "stalled-file");
        closer.setDaemon(true);
        return closer;
    }
}
