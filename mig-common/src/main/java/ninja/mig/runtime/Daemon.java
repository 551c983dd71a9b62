package ninja.mig.runtime;

import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program in the foreground: starts, runs until SIGTERM or SIGINT, stops in order. Used for one run. */
public final class Daemon {
    /** Stopped in order, as a signal asked for. */
    public static final int OK = 0;

    /** Could not go on, or could not stop in order. */
    public static final int FAILED = 1;

    public static final int START_FAILED = 9;

    private static final long STOP_SECONDS = 75;

    private final PrintStream out;
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();

    /** Starts everything and returns; what must be stopped is registered with the closer. */
    @FunctionalInterface
    public interface Start {
        void start(Closer closer) throws Exception;
    }

    /** @param out where a start that fails is explained: {@code FATAL: <reason>} */
    public Daemon(PrintStream out) {
        this.out = out;
    }

    /** Ends the run with {@link #FAILED}; the first reason is logged. From any thread. */
    public void fail(String reason) {
        failure.complete(reason);
    }

    /**
     * Runs until it is asked to stop; an interruption of this thread asks too.
     *
     * @param logging sets up the log, which is closed at the very end
     * @return the exit code
     */
    public int run(Supplier<? extends AutoCloseable> logging, Start start) {
        int code = FAILED;
        try (AutoCloseable log = logging.get()) {
            stopOnSignal(Thread.currentThread());
            code = run(start, LoggerFactory.getLogger(Daemon.class));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("cannot end the log", e);
        } finally {
            ended.complete(code);
        }
        return code;
    }

    private int run(Start start, Logger log) {
        Closer closer = new Closer();
        try {
            start.start(closer);
            log.error("cannot go on: {}", failure.get());
            stop(closer, log);
            return FAILED;
        } catch (InterruptedException e) {
            return stop(closer, log);
        } catch (Exception e) {
            if (Thread.interrupted()) {
                log.debug("interrupted while starting", e);
                return stop(closer, log);
            }
            log.error("cannot start", e);
            closer.closeLogging();
            return fatal(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static int stop(Closer closer, Logger log) {
        log.info("stopping");
        try {
            closer.close();
            log.info("stopped");
            return OK;
        } catch (Exception e) {
            log.error("stopping failed", e);
            return FAILED;
        }
    }

    /** The virtual machine would end with the signal's number: it ends with ours when everything is stopped. */
    private void stopOnSignal(Thread main) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitStop(main), "stop"));
    }

    private void awaitStop(Thread main) {
        if (ended.isDone()) {
            return; // the program ends by itself
        }
        main.interrupt();
        try {
            Runtime.getRuntime().halt(ended.get(STOP_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private int fatal(String reason) {
        out.println("FATAL: " + reason);
        return START_FAILED;
    }
}
