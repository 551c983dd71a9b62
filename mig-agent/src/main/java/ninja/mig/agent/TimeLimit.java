package ninja.mig.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.model.RejectedException;
import ninja.mig.runtime.Routines;

/** Gives up waiting for what may take for ever, such as a name server that does not answer. */
final class TimeLimit {
    private TimeLimit() {}

    /**
     * Does something in a thread of its own, which is left alone if it is late.
     *
     * @throws IOException that of the work, or one that says that it was late
     */
    static <T> T call(String what, Duration limit, Callable<T> work)
            throws IOException, RejectedException, InterruptedException {
        CompletableFuture<T> result = new CompletableFuture<>();
        Routines.thread(what, () -> complete(result, work)).start();
        try {
            return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof RejectedException rejected) {
                throw rejected;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result.completeExceptionally(e);
        } catch (Exception e) {
            result.completeExceptionally(e);
        }
    }
}
