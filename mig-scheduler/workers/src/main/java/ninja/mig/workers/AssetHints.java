package ninja.mig.workers;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentEnvironment;
import ninja.mig.model.RejectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells MozDef of endpoints whose agents came for the first time. */
final class AssetHints implements EventHandler {
    private static final Logger log = LoggerFactory.getLogger(AssetHints.class);

    private final MozDef mozdef;
    private final Owners owners;
    private final MozDefEvent.Sender sender;
    private final Clock clock;

    /** What MozDef wants to know of an asset; the names of its members are MozDef's. */
    private record AssetHint(
            String type,
            String name,
            String[] ipv4,
            String[] ipv6,
            String os,
            String arch,
            String ident,
            String init,
            @JsonProperty("isproxied") boolean isProxied,
            String operator,
            String team) {}

    AssetHints(MozDef mozdef, Owners owners, MozDefEvent.Sender sender, Clock clock) {
        this.mozdef = mozdef;
        this.owners = owners;
        this.sender = sender;
        this.clock = clock;
    }

    @Override
    public void handle(byte[] event) throws RejectedException, IOException, InterruptedException {
        Agent agent = MigJson.read(event, Agent.class);
        if (agent.name().isEmpty()) {
            throw new RejectedException("a new agent has no name");
        }
        mozdef.send(List.of(hint(agent)));
        log.debug("told MozDef of endpoint {}", agent.name());
    }

    private MozDefEvent hint(Agent agent) throws InterruptedException {
        AgentEnvironment environment = agent.environment();
        Addresses addresses = Addresses.of(agent);
        Owners.Owner owner = owners.of(agent);
        AssetHint details = new AssetHint(
                "host",
                agent.name(),
                addresses.ipv4().toArray(String[]::new), // an empty list would be written as null
                addresses.ipv6().toArray(String[]::new),
                environment.os(),
                environment.arch(),
                environment.ident(),
                environment.init(),
                environment.isProxied(),
                owner.operator(),
                owner.team());
        return MozDefEvent.of(
                sender, clock.instant(), "asset_hint", "asset", "mig discovered endpoint " + agent.name(), details);
    }
}
