package ninja.mig.fleet;

import java.time.Duration;

/**
 * A message of an agent, well formed or not, published so long after its command came.
 *
 * @param queue where it goes, usually the queue of results
 */
public record Result(String queue, byte[] body, Duration after) {
    private static final String RESULTS = "mig.agt.results";

    public static Result now(byte[] body) {
        return new Result(RESULTS, body, Duration.ZERO);
    }

    public static Result later(byte[] body, Duration after) {
        return new Result(RESULTS, body, after);
    }

    /** The same elsewhere. */
    public Result to(String otherQueue) {
        return new Result(otherQueue, body, after);
    }
}
