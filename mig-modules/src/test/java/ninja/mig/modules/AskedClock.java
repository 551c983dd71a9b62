package ninja.mig.modules;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** A clock that shows what a test says. */
public final class AskedClock extends Clock {
    private final LongSupplier seconds;

    /** @param seconds since 1970, asked each time somebody looks */
    public AskedClock(LongSupplier seconds) {
        this.seconds = seconds;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochSecond(seconds.getAsLong());
    }
}
