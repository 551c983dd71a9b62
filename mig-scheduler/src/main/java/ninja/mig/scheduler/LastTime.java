package ninja.mig.scheduler;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When something happened last. */
final class LastTime {
    private final Clock clock;
    private final Instant beginning;
    private volatile Optional<Instant> last = Optional.empty();

    LastTime(Clock clock) {
        this.clock = clock;
        this.beginning = clock.instant();
    }

    void isNow() {
        last = Optional.of(clock.instant());
    }

    /** Empty if it never happened. */
    Optional<Instant> get() {
        return last;
    }

    /** How long it has not happened: since the beginning, if it never did. */
    Duration silence() {
        return Duration.between(last.orElse(beginning), clock.instant());
    }
}
