package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.AgentEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the agent runs, as its heartbeats tell it, but for the proxy: found out at the start, and again with each {@link
 * #refresh}. Addresses are looked up each time that somebody asks.
 */
final class HostEnvironment {
    private static final Logger log = LoggerFactory.getLogger(HostEnvironment.class);

    private final EnvironmentProbe probe;
    private final String os;
    private final PublicAddress publicAddress;
    private final AwsMetadata aws;
    private final Clock clock;
    private AgentEnvironment host;
    private AgentEnvironment seen;
    private Optional<Instant> changed = Optional.empty();

    HostEnvironment(EnvironmentProbe probe, String os, PublicAddress publicAddress, AwsMetadata aws, Clock clock) {
        this.probe = probe;
        this.os = os;
        this.publicAddress = publicAddress;
        this.aws = aws;
        this.clock = clock;
        this.host = probe.environment(os);
        this.seen = current();
    }

    /** What is known now. */
    synchronized AgentEnvironment current() {
        Map<String, JsonNode> other = new HashMap<>(host.other());
        aws.known().ifPresent(metadata -> other.put("aws", metadata));
        return new AgentEnvironment(
                host.init(),
                host.ident(),
                host.os(),
                host.arch(),
                false,
                "",
                EnvironmentProbe.addresses(),
                publicAddress.known(),
                other);
    }

    /** When a refresh last found something else than the one before; empty if none did. */
    synchronized Optional<Instant> changed() {
        return changed;
    }

    /** Looks at the host again. */
    void refresh() {
        AgentEnvironment fresh = probe.environment(os);
        synchronized (this) {
            host = fresh;
            AgentEnvironment now = current();
            if (!now.equals(seen)) {
                seen = now;
                changed = Optional.of(clock.instant());
                log.info("the environment of this host has changed");
            }
        }
    }
}
