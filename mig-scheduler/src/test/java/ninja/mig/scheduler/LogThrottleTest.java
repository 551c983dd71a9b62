package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LogThrottleTest {
    private final TestClock clock = new TestClock(Instant.EPOCH);
    private final LogThrottle throttle = new LogThrottle(Duration.ofMinutes(1), clock);

    @Test
    void letsOneLineThroughAndCountsTheOthers() {
        assertEquals(OptionalInt.of(0), throttle.next("a"));
        assertEquals(OptionalInt.empty(), throttle.next("a"));
        assertEquals(OptionalInt.empty(), throttle.next("a"));
        assertEquals(OptionalInt.of(0), throttle.next("b"));

        clock.advance(Duration.ofMinutes(1));

        assertEquals(OptionalInt.of(2), throttle.next("a"));
        assertEquals(OptionalInt.empty(), throttle.next("a"));
    }

    @Test
    void forgetsKeysWhenTooManyCome() {
        throttle.next("first");
        for (int i = 0; i < 10_000; i++) {
            throttle.next("key " + i);
        }

        assertEquals(OptionalInt.of(0), throttle.next("first"));
    }
}
