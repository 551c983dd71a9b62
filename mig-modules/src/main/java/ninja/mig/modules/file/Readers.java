package ninja.mig.modules.file;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import ninja.mig.modules.RunContext;

/**
 * Reads files in threads beside that of the walk, and lets everything end in the order in which it came. Walk and threads
 * together use as many processors as they may: while the walk waits another thread reads, and with one processor they work
 * in turns of some files. When there is nothing to read they look ahead of the walk. The kernel may never answer for a file, such as when a FIFO has taken its place: then the thread
 * is left where it is, and another one goes on with the next file.
 */
final class Readers implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** So many files are read, or so many bytes, before another thread may take the next, and the walk goes on. */
    static final int FILES = 128;

    private static final long BYTES = 4L << 20;

    /** What needs no reading waits for what came before. */
    private static final int LONGEST = 1024;

    /** So many batches may wait for their turn, for each thread but the first. */
    private static final int AHEAD = 2;

    /** Each has memory of its own, and one walk does not feed more. */
    private static final int MOST_THREADS = 4;

    private static final long TICK_MILLIS = 50;

    /** Threads that are left behind, each with what it reads into, before no more files are read. */
    static final int MOST_LEFT = 32;

    /** Some regular expressions need more than what threads have. */
    private static final long STACK = 32L << 20;

    private final RunContext context;
    private final int processors;
    private final int threads;
    private final Duration patience;
    private final List<Reader> readers = new ArrayList<>();
    private final Deque<Batch> outstanding = new ArrayDeque<>();
    private Batch batch = new Batch();
    private Optional<Runnable> last = Optional.empty();
    private int left;
    private boolean givesUp;

    // Under the lock of this.
    private final Deque<Batch> unread = new ArrayDeque<>();

    private final Deque<Runnable> ahead = new ArrayDeque<>();
    private int busy;
    private int lookingAhead;
    private Optional<Batch> awaited = Optional.empty();

    private volatile boolean closed;

    /** @param processors how many may be used, if there are so many */
    Readers(RunContext context, int processors) {
        this(context, processors, PATIENCE);
    }

    /** @param patience how long the kernel may take for an answer */
    Readers(RunContext context, int processors, Duration patience) {
        this.context = context;
        this.processors = processors;
        this.threads = Math.min(processors, MOST_THREADS);
        this.patience = patience;
    }

    /** Something that ends in its turn. @param requests none if nothing has to be read */
    private static final class Step {
        private final Path file;
        private final long size;
        private final boolean isLink;
        private final List<ContentRead.Request> requests;
        private final Consumer<List<Problems.Problem>> end;
        private List<Problems.Problem> problems = List.of();

        Step(
                Path file,
                long size,
                boolean isLink,
                List<ContentRead.Request> requests,
                Consumer<List<Problems.Problem>> end) {
            this.file = file;
            this.size = size;
            this.isLink = isLink;
            this.requests = requests;
            this.end = end;
        }
    }

    /** Steps that follow each other, for one thread. */
    private static final class Batch {
        private final List<Step> steps = new ArrayList<>();
        private int files;
        private long bytes;
        private int next;
        private boolean done;
        private Throwable failure;

        boolean isFull() {
            return files >= FILES || bytes >= BYTES || steps.size() >= LONGEST;
        }
    }

    /**
     * Reads what the requests want to know.
     *
     * @param size of the file when it was looked at
     * @param isLink whether a link was followed then
     * @param end called with what went wrong, in this thread, after the ends of all that came before
     */
    void read(
            Path file,
            long size,
            boolean isLink,
            List<ContentRead.Request> requests,
            Consumer<List<Problems.Problem>> end) {
        batch.files++;
        batch.bytes += size;
        last = Optional.empty();
        add(new Step(file, size, isLink, requests, end));
    }

    /** How many threads may look ahead: one is left for reading, as the kernel may never answer to a look. */
    int helpers() {
        return threads - 1;
    }

    /**
     * Hands over what may be done while there is nothing to read.
     *
     * @param tasks in this order; what was handed over before and nobody has begun is not done
     */
    void lookAhead(List<Runnable> tasks) {
        synchronized (this) {
            ahead.clear();
            ahead.addAll(tasks);
            if (isFree()) {
                notifyAll();
            }
        }
        if (!tasks.isEmpty() && readers.size() < helpers()) {
            start();
        }
    }

    /** Whether everything that came has ended. */
    boolean isIdle() {
        return batch.steps.isEmpty() && outstanding.isEmpty();
    }

    /** Calls what needs no reading, in its turn. */
    void inOrder(Runnable end) {
        if (isIdle()) {
            end.run();
        } else {
            last = Optional.of(end);
            add(new Step(null, 0, false, List.of(), none -> end.run()));
        }
    }

    /** Whether nothing came after it, and it has not been called yet. */
    boolean isLast(Runnable end) {
        return last.isPresent() && last.get() == end;
    }

    private void add(Step step) {
        batch.steps.add(step);
        if (batch.isFull()) {
            submit();
            while (outstanding.size() > AHEAD * (threads - 1)) {
                endFirst();
            }
        }
    }

    /** Everything that came has ended. */
    void finish() {
        if (!batch.steps.isEmpty()) {
            submit();
        }
        while (!outstanding.isEmpty()) {
            endFirst();
        }
    }

    private void submit() {
        outstanding.add(batch);
        if (batch.files == 0 || givesUp) {
            batch.done = true;
        } else {
            synchronized (this) {
                unread.add(batch);
                notifyAll();
            }
            if (readers.size() < threads) {
                start();
            }
        }
        batch = new Batch();
        last = Optional.empty();
    }

    private void start() {
        Reader reader = new Reader();
        readers.add(reader);
        reader.start();
    }

    private void endFirst() {
        Batch first = outstanding.remove();
        try {
            await(first);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts a run", e);
        }
        if (first.failure instanceof Error error) {
            throw error;
        }
        if (first.failure != null) {
            throw new IllegalStateException("a file could not be examined", first.failure);
        }
        for (Step step : first.steps) {
            step.end.accept(step.problems);
        }
    }

    private synchronized void await(Batch wanted) throws InterruptedException {
        if (wanted.done) {
            return;
        }
        long tick = Math.max(1, Math.min(TICK_MILLIS, patience.toMillis() / 4));
        awaited = Optional.of(wanted);
        notifyAll();
        while (!wanted.done) {
            wait(tick);
            Duration limit = context.mustStop() ? Duration.ZERO : patience;
            for (Reader reader : List.copyOf(readers)) {
                if (reader.guard.look(limit)) {
                    replace(reader);
                }
            }
        }
        awaited = Optional.empty();
    }

    /** Whether one thread more may work, now that the walk works or waits. */
    private boolean isFree() {
        return busy < (awaited.isPresent() ? processors : processors - 1);
    }

    private boolean mayLookAhead() {
        return !ahead.isEmpty() && lookingAhead < helpers();
    }

    /** Another thread goes on behind the file that does not answer. */
    private void replace(Reader stuck) {
        readers.remove(stuck);
        stuck.isLeft = true;
        busy--;
        Batch unfinished = stuck.current;
        Step step = unfinished.steps.get(unfinished.next++);
        Problems.Problem problem = stuck.guard.isOpen()
                ? Problems.error("read", step.file, "timed out")
                : Problems.notOpened("open", step.file, "timed out");
        // At the end of the run nobody waits: that is no fault of the file.
        boolean isAtFault = !context.mustStop();
        step.problems = isAtFault ? List.of(problem) : List.of();
        left++;
        if (left >= MOST_LEFT) {
            if (isAtFault && left == MOST_LEFT) {
                step.problems =
                        List.of(problem, Problems.warning(left + " files do not answer, the rest was not read"));
            }
            givesUp = true;
            unfinished.done = true;
            unread.forEach(waiting -> waiting.done = true);
            unread.clear();
        } else {
            unread.addFirst(unfinished);
            start();
        }
    }

    private final class Reader extends Thread {
        private final StallGuard guard = new StallGuard();
        private Optional<ContentRead> content = Optional.empty();
        private Batch current;
        private boolean isLeft;

        Reader() {
            super(null, null, "reader", STACK);
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                for (Optional<Runnable> work = next(); work.isPresent(); work = next()) {
                    work.get().run();
                }
            } catch (InterruptedException | StallGuard.LeftBehindException e) {
                return; // The run has ended, or another thread has taken over.
            }
        }

        private Optional<Runnable> next() throws InterruptedException {
            synchronized (Readers.this) {
                while (!closed && (unread.isEmpty() && !mayLookAhead() || !isFree())) {
                    Readers.this.wait();
                }
                if (closed) {
                    return Optional.empty();
                }
                busy++;
                current = unread.poll();
                if (current != null) {
                    return Optional.of(this::read);
                }
                lookingAhead++;
                Runnable task = ahead.remove();
                return Optional.of(() -> lookAhead(task));
            }
        }

        private void lookAhead(Runnable task) {
            task.run();
            synchronized (Readers.this) {
                busy--;
                lookingAhead--;
                Readers.this.notifyAll();
            }
        }

        private void read() {
            Throwable failure = null;
            try {
                if (content.isEmpty()) {
                    content = Optional.of(new ContentRead(context, guard));
                }
                while (current.next < current.steps.size() && !closed && !context.mustStop()) {
                    Step step = current.steps.get(current.next);
                    if (!step.requests.isEmpty()) {
                        step.problems = content.get().read(step.file, step.size, step.isLink, step.requests);
                    }
                    current.next++;
                }
            } catch (StallGuard.LeftBehindException e) {
                throw e;
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            synchronized (Readers.this) {
                if (isLeft) {
                    throw new StallGuard.LeftBehindException(); // The batch is another thread's.
                }
                current.failure = failure;
                current.done = true;
                busy--;
                if (awaited.isPresent() && awaited.get() == current) {
                    awaited = Optional.empty(); // The walk goes on before anybody reads.
                }
                Readers.this.notifyAll();
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        unread.clear();
        notifyAll();
    }
}
