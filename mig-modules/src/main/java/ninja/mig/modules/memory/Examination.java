package ninja.mig.modules.memory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import ninja.mig.modules.RunContext;

/**
 * Examines processes one after the other, in a thread beside that of the run. The kernel may not answer questions about a
 * process, such as one whose executable lies on a dead network: then the thread is left where it is, and another one goes
 * on with the next process.
 */
final class Examination {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Threads that wait for an answer at the same time, each with its memory, before the rest of the processes is given up. */
    static final int MOST_LEFT = 32;

    /** So many wait as long as they may; those behind them a tenth of it, or they would take all the time there is. */
    private static final int PATIENTLY = 4;

    private static final long TICK_MILLIS = 50;

    /** Reserved, not used up: some regular expressions need it. */
    private static final long STACK = 32L << 20;

    /** What is done with each process. */
    interface Examiner {
        void examine(long pid, Kernel kernel);
    }

    /** A question to the kernel. */
    interface Question<T> {
        T ask() throws IOException;
    }

    /** Asks the kernel, and is watched while it does. */
    interface Kernel {
        /**
         * @throws IOException as the question
         * @throws LeftBehindException if the answer came too late: nobody waits for it any more
         */
        <T> T ask(Question<T> question) throws IOException;

        /** Whether nobody waits for this thread any more. */
        boolean isLeftBehind();
    }

    /** Ends a thread that nobody waits for. */
    static final class LeftBehindException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final RunContext context;
    private final Duration patience;
    private final LongConsumer leftBehind;

    /** @param leftBehind is told of each process that was given up */
    Examination(RunContext context, Duration patience, LongConsumer leftBehind) {
        this.context = context;
        this.patience = patience;
        this.leftBehind = leftBehind;
    }

    /**
     * Returns when all have been examined, or the run must stop.
     *
     * @param examiners makes one for each thread
     * @return whether too many did not answer, so that the rest was given up
     */
    boolean run(List<Long> pids, Supplier<Examiner> examiners) throws InterruptedException {
        Iterator<Long> rest = pids.iterator();
        List<Worker> left = new ArrayList<>();
        while (left.size() < MOST_LEFT) {
            Worker worker = new Worker(rest, examiners.get());
            worker.start();
            if (!awaits(worker, left.size() < PATIENTLY ? patience : patience.dividedBy(10))) {
                worker.rethrow();
                return false;
            }
            leftBehind.accept(worker.pid);
            left.add(worker);
            left.removeIf(one -> !one.isAlive()); // It was answered in the end.
        }
        return true;
    }

    /** @return whether the worker had to be left behind; else it has ended */
    private boolean awaits(Worker worker, Duration limit) throws InterruptedException {
        long tick = Math.max(1, Math.min(TICK_MILLIS, limit.toMillis() / 2));
        while (worker.isAlive()) {
            worker.join(tick);
            if (worker.hasAskedFor(context.mustStop() ? Duration.ZERO : limit) && worker.leave()) {
                return true;
            }
        }
        return false;
    }

    private final class Worker extends Thread implements Kernel {
        private final Iterator<Long> rest;
        private final Examiner examiner;
        private volatile long pid;
        private volatile Throwable failure;
        private boolean left;
        private boolean asking;
        private long since;

        Worker(Iterator<Long> rest, Examiner examiner) {
            super(null, null, "processes", STACK);
            this.rest = rest;
            this.examiner = examiner;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (rest.hasNext() && !context.mustStop()) {
                    pid = rest.next();
                    examiner.examine(pid, this);
                }
            } catch (LeftBehindException e) {
                return; // another one has taken over
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        void rethrow() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }

        @Override
        public <T> T ask(Question<T> question) throws IOException {
            begin();
            try {
                return question.ask();
            } finally {
                end();
            }
        }

        private synchronized void begin() {
            asking = true;
            since = System.nanoTime();
        }

        private synchronized void end() {
            asking = false;
            if (left) {
                throw new LeftBehindException();
            }
        }

        synchronized boolean hasAskedFor(Duration time) {
            return asking && System.nanoTime() - since >= time.toNanos();
        }

        /** @return whether it still asks, and is left with its question */
        synchronized boolean leave() {
            left = asking;
            return left;
        }

        @Override
        public synchronized boolean isLeftBehind() {
            return left;
        }
    }
}
