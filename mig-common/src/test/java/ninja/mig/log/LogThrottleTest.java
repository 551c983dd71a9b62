package ninja.mig.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LogThrottleTest {
    private Instant now = Instant.EPOCH;
    private final LogThrottle throttle = new LogThrottle(Duration.ofMinutes(1), new TestClock());

    private final class TestClock extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("this clock is in UTC");
        }
    }

    @Test
    void letsOneLineThroughAndCountsTheOthers() {
        assertEquals(OptionalInt.of(0), throttle.next("a"));
        assertEquals(OptionalInt.empty(), throttle.next("a"));
        assertEquals(OptionalInt.empty(), throttle.next("a"));
        assertEquals(OptionalInt.of(0), throttle.next("b"));

        now = now.plus(Duration.ofMinutes(1));

        assertEquals(OptionalInt.of(2), throttle.next("a"));
        assertEquals(OptionalInt.empty(), throttle.next("a"));
    }

    @Test
    void isNotSilentForYearsWhenTheClockIsSetBack() {
        assertEquals(OptionalInt.of(0), throttle.next("a"));
        assertEquals(OptionalInt.empty(), throttle.next("a"));

        now = now.minus(Duration.ofDays(3650));

        assertEquals(OptionalInt.of(1), throttle.next("a"));
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
