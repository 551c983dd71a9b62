package ninja.mig.fleet;

import java.time.Duration;

/** A message to the queue of results, well formed or not, published so long after its command came. */
public record Result(byte[] body, Duration after) {
    public static Result now(byte[] body) {
        return new Result(body, Duration.ZERO);
    }

    public static Result later(byte[] body, Duration after) {
        return new Result(body, after);
    }
}
