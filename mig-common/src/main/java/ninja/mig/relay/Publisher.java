package ninja.mig.relay;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Hands messages to the relay. From any thread. */
@FunctionalInterface
public interface Publisher {
    /**
     * Sends a message.
     *
     * @return completes when the relay has it, or exceptionally with a {@link RelayException} if it is unknown whether it
     *     has: the relay is away, out of memory or lost on the way
     */
    CompletableFuture<Published> publish(Message message);

    /**
     * Sends a message and waits.
     *
     * @throws LostOnTheWayException if the connection ended meanwhile, or the relay does not confirm it in time; it may have it
     *     nonetheless
     * @throws RelayException if the relay is away, takes no messages or cannot keep it
     */
    default Published publish(Message message, Duration timeout) throws RelayException, InterruptedException {
        try {
            return publish(message).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LostOnTheWayException(
                    "the relay did not confirm the " + message + " within " + timeout.toSeconds() + " s", false, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LostOnTheWayException lost) {
                throw lost;
            }
            throw new RelayException(e.getCause().getMessage(), e.getCause());
        }
    }
}
