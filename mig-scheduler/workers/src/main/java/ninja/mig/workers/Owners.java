package ninja.mig.workers;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.model.Agent;

/** Finds out who is in charge of an endpoint: what its tags say, and what the operator's program knows better. */
final class Owners {
    /** With all prefetched events asking this long, the relay still gets its acknowledgements in time. */
    private static final Duration ASKING = Duration.ofSeconds(20);

    private final Optional<Vmintgr> vmintgr;

    /** Either is empty if nobody knows. */
    record Owner(String operator, String team) {}

    Owners(Optional<Vmintgr> vmintgr) {
        this.vmintgr = vmintgr;
    }

    /** @param vmintgr the operator's program, if there is one */
    static Owners of(Optional<Path> vmintgr, Clock clock) {
        return new Owners(vmintgr.map(program -> new Vmintgr(program, ASKING, clock)));
    }

    Owner of(Agent agent) throws InterruptedException {
        String team = vmintgr.isEmpty()
                ? ""
                : vmintgr.get().team(agent.name(), Addresses.of(agent).all()).orElse("");
        return new Owner(tag(agent, "operator"), team.isEmpty() ? tag(agent, "team") : team);
    }

    private static String tag(Agent agent, String name) {
        JsonNode tags = agent.tags();
        return tags == null ? "" : tags.path(name).asText("");
    }
}
