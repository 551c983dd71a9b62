package ninja.mig.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ninja.mig.model.MigId;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the operations of the commands that wait, in the order of coming and so many at a time. Of what waits only the
 * numbers are in memory: a command is read when a worker has nothing else to do, so that there are never more of them in
 * memory than workers.
 */
final class Workers {
    private static final Logger log = LoggerFactory.getLogger(Workers.class);

    private final Opener opener;
    private final Deque<MigId> waiting = new ArrayDeque<>();
    private final List<Thread> threads;
    private Optional<CommandRun> current = Optional.empty();
    private boolean closing;

    /** Reads a command whose turn has come. */
    @FunctionalInterface
    interface Opener {
        /** @return empty if nothing of it is to be run; nothing is thrown */
        Optional<CommandRun> open(MigId command);
    }

    /** @param count how many operations run at the same time */
    Workers(int count, Opener opener) {
        this.opener = opener;
        this.threads = IntStream.range(0, count)
                .mapToObj(i -> Routines.thread("operations", this::work))
                .toList();
        threads.forEach(Thread::start);
    }

    synchronized void add(MigId command) {
        waiting.add(command);
        notifyAll();
    }

    private void work() {
        try {
            while (doNext()) {
                log.debug("a worker is free");
            }
        } catch (InterruptedException e) {
            log.debug("a worker was interrupted");
            Thread.currentThread().interrupt();
        }
    }

    /** @return false at the end */
    private boolean doNext() throws InterruptedException {
        try {
            Optional<Runnable> turn = next();
            turn.ifPresent(Runnable::run);
            return turn.isPresent();
        } catch (RuntimeException | Error e) {
            log.error("a worker goes on with the next command", e);
            return true;
        }
    }

    /** The next operation, of a command that has begun, or else of the next one; empty at the end. */
    private synchronized Optional<Runnable> next() throws InterruptedException {
        while (true) {
            Optional<Runnable> turn = current.flatMap(CommandRun::next);
            if (turn.isPresent()) {
                return turn;
            }
            current = Optional.empty();
            if (closing) {
                return Optional.empty();
            }
            if (waiting.isEmpty()) {
                wait();
            } else {
                current = opener.open(waiting.remove());
            }
        }
    }

    /** Begins no other command. Operations of those that have begun get their turn. */
    synchronized void stop() {
        closing = true;
        notifyAll();
    }

    /** Waits for the end after {@link #stop}. Who takes longer is interrupted, and has as much time again to write his answers. */
    void join(Duration limit) throws InterruptedException {
        join(System.nanoTime() + limit.toNanos());
        threads.forEach(Thread::interrupt);
        join(System.nanoTime() + limit.toNanos());
    }

    private void join(long deadline) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
    }
}
