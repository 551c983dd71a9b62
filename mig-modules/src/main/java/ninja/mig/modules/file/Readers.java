package ninja.mig.modules.file;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import ninja.mig.modules.RunContext;

/**
 * Reads files, with several threads if there are processors for them, and lets everything end in the order in which it
 * came. With one processor nothing ever waits.
 */
final class Readers implements AutoCloseable {
    /** So many files for each thread may wait for their turn. */
    private static final int AHEAD = 64;

    /** Some regular expressions need more than what threads have. */
    private static final long STACK = 32L << 20;

    /** @param problems what reading came across, once it is done */
    private record Step(Future<List<Problems.Problem>> problems, Consumer<List<Problems.Problem>> end) {}

    private final RunContext context;
    private final int threads;
    private final ExecutorService pool;
    private final List<ContentRead> opened = new ArrayList<>();
    private final ThreadLocal<ContentRead> reader = ThreadLocal.withInitial(this::open);
    private final Deque<Step> waiting = new ArrayDeque<>();

    /** @param processors how many may be used */
    Readers(RunContext context, int processors) {
        this.context = context;
        this.threads = processors;
        this.pool = Executors.newFixedThreadPool(processors, task -> {
            Thread thread = new Thread(null, task, "reader", STACK);
            thread.setDaemon(true);
            return thread;
        });
    }

    private synchronized ContentRead open() {
        ContentRead read = new ContentRead(context);
        opened.add(read);
        return read;
    }

    /**
     * Reads what the requests want to know.
     *
     * @param size of the file when it was looked at
     * @param end called with what went wrong, in this thread, after the ends of all that came before
     */
    void read(Path file, long size, List<ContentRead.Request> requests, Consumer<List<Problems.Problem>> end) {
        if (threads == 1) {
            end.accept(reader.get().read(file, size, requests));
            return;
        }
        add(new Step(pool.submit(() -> reader.get().read(file, size, requests)), end));
    }

    /** Whether everything that came has ended. */
    boolean isIdle() {
        return waiting.isEmpty();
    }

    /** Calls what needs no reading, in its turn. */
    void inOrder(Runnable end) {
        if (waiting.isEmpty()) {
            end.run();
        } else {
            add(new Step(CompletableFuture.completedFuture(List.of()), none -> end.run()));
        }
    }

    private void add(Step step) {
        waiting.add(step);
        if (waiting.size() > threads * AHEAD) {
            endFirst();
        }
    }

    /** Everything that came has ended. */
    void finish() {
        while (!waiting.isEmpty()) {
            endFirst();
        }
    }

    private void endFirst() {
        Step step = waiting.remove();
        try {
            step.end().accept(step.problems().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts a run", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a file could not be examined", e.getCause());
        }
    }

    @Override
    public synchronized void close() {
        pool.shutdownNow();
        opened.forEach(ContentRead::close);
    }
}
