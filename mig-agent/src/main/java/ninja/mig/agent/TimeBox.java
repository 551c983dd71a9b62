package ninja.mig.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.runtime.Routines;

/** A limit for a whole answer: a server that sends a byte now and then keeps within every limit of a socket. */
final class TimeBox {
    private TimeBox() {}

    /** Asks somebody, and may take long. */
    @FunctionalInterface
    interface Question<T> {
        T ask() throws IOException;
    }

    /**
     * Asks in a thread of its own, which is left alone when the time is over.
     *
     * @param name of the thread
     * @throws IOException if the answer is a failure, or late
     */
    static <T> T within(Duration limit, String name, Question<T> question) throws IOException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Routines.thread(name, () -> complete(answer, question)).start();
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + limit.toMillis() + " ms", e);
        }
    }

    private static <T> void complete(CompletableFuture<T> answer, Question<T> question) {
        try {
            answer.complete(question.ask());
        } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }
}
