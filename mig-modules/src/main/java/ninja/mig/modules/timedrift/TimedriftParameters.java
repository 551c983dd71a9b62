package ninja.mig.modules.timedrift;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import ninja.mig.conf.GoDuration;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;

/** @param drift largest acceptable distance to network time, as {@code 5s}; empty to tell the local time only */
record TimedriftParameters(String drift) {
    TimedriftParameters {
        drift = Objects.requireNonNullElse(drift, "");
    }

    static TimedriftParameters bind(JsonNode parameters) throws InvalidParametersException {
        TimedriftParameters bound = Parameters.bind(parameters, TimedriftParameters.class);
        try {
            if (bound.window().map(Duration::isNegative).orElse(false)) {
                throw new InvalidParametersException("drift: '" + bound.drift + "' is negative");
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidParametersException("drift: " + e.getMessage(), e);
        }
        return bound;
    }

    /** Nothing if network time is not asked for. */
    Optional<Duration> window() {
        return drift.isEmpty() ? Optional.empty() : Optional.of(GoDuration.parse(drift));
    }
}
