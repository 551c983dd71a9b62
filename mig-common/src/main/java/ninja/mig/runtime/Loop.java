package ninja.mig.runtime;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a task, sleeps, repeats, until it is stopped. A task that fails is tried again after a growing pause. */
final class Loop implements Runnable, Routine {
    private static final Logger log = LoggerFactory.getLogger(Routines.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final String name;
    private final Duration period;
    private final Task task;
    private final Backoff backoff;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean woken;
    private boolean stopped;
    private String lastFailure = "";

    Loop(String name, Duration period, Duration shortestPause, Task task) {
        this.name = name;
        this.period = period;
        this.task = task;
        this.backoff = new Backoff(shortestPause, LONGEST_PAUSE);
    }

    @Override
    public void run() {
        try {
            while (!isStopped()) {
                if (runOnce()) {
                    sleep(Backoff.jittered(period), true);
                } else {
                    sleep(backoff.next(), false);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (isStopped()) {
                log.debug("{} was interrupted", name);
            } else {
                log.error("{} ended by an interruption that nobody asked for", name);
            }
        }
    }

    private boolean runOnce() throws InterruptedException {
        try {
            takeWake();
            task.run();
            succeeded();
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) { // An Error must not end a routine unseen either.
            failed(e);
            return false;
        }
    }

    private void succeeded() {
        if (backoff.failures() > 0) {
            log.info("{} works again after {} failures", name, backoff.failures());
            backoff.reset();
            lastFailure = "";
        }
    }

    /** Logs an outage once, not each time that it is met. */
    private void failed(Throwable e) {
        if (isStopped() && Thread.currentThread().isInterrupted()) {
            log.debug("{} ended by its interruption", name, e);
        } else if (e.toString().equals(lastFailure)) {
            log.debug("{} failed again", name, e);
        } else {
            lastFailure = e.toString();
            log.error("{} failed, will be tried again", name, e);
        }
    }

    private void sleep(Duration pause, boolean wakeable) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = pause.toNanos();
            while (!stopped && !(wakeable && woken) && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private void takeWake() {
        lock.lock();
        try {
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }
}
