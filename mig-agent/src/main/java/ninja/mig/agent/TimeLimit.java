package ninja.mig.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.conf.GoDuration;
import ninja.mig.runtime.Routines;

/**
 * Gives up waiting for what may take for ever: a name server that does not answer, or a server that sends a byte now and then
 * and so keeps within every limit of a socket.
 */
final class TimeLimit {
    private TimeLimit() {}

    /** Asks somebody, and may take long. */
    @FunctionalInterface
    interface Question<T> {
        T ask() throws IOException;
    }

    /**
     * Asks in a thread of its own, which is left alone if the answer is late.
     *
     * @param what names the thread
     * @throws IOException that of the question, or one that says that the answer was late
     */
    static <T> T call(String what, Duration limit, Question<T> question) throws IOException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Routines.thread(what, () -> complete(answer, question)).start();
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + GoDuration.format(limit), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
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
