package ninja.mig.agent;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Limits how many refusals are answered, and how many are logged: whoever knows the agents' shared password can send them nonsense, and must not
 * turn them against the relay by it.
 */
final class RefusalBudget {
    static final int ANSWERED = 20;

    /** Each should be explained, but not those of a flood, which would put all other lines aside. */
    static final int LOGGED = 1000;

    private final Clock clock;
    private final int perMinute;
    private final Deque<Instant> spent = new ArrayDeque<>();

    RefusalBudget(Clock clock, int perMinute) {
        this.perMinute = perMinute;
        this.clock = clock;
    }

    /** @return false if the last minute has seen enough of them */
    synchronized boolean spend() {
        Instant now = clock.instant();
        spent.removeIf(time -> time.isAfter(now)); // the clock was set back
        while (!spent.isEmpty() && !spent.peek().isAfter(now.minus(Duration.ofMinutes(1)))) {
            spent.remove();
        }
        if (spent.size() >= perMinute) {
            return false;
        }
        spent.add(now);
        return true;
    }
}
