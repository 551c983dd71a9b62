package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** How many agents and endpoints there were at one time. An endpoint is a distinct queueloc. */
public record AgentStats(
        Instant timestamp,
        @JsonProperty("onlineagents") long onlineAgents,
        @JsonProperty("onlineagentsbyversion") List<VersionCount> onlineAgentsByVersion,
        @JsonProperty("onlineendpoints") long onlineEndpoints,
        @JsonProperty("idleagents") long idleAgents,
        @JsonProperty("idleagentsbyversion") List<VersionCount> idleAgentsByVersion,
        @JsonProperty("idleendpoints") long idleEndpoints,
        @JsonProperty("newendpoints") long newEndpoints,
        @JsonProperty("multiagentsendpoints") long multiAgentsEndpoints,
        @JsonProperty("disappearedendpoints") long disappearedEndpoints,
        @JsonProperty("flappingendpoints") long flappingEndpoints) {

    /** Agents of one version. */
    public record VersionCount(String version, long count) {}

    public AgentStats {
        timestamp = Objects.requireNonNullElse(timestamp, Times.UNSET);
        onlineAgentsByVersion = onlineAgentsByVersion == null ? List.of() : List.copyOf(onlineAgentsByVersion);
        idleAgentsByVersion = idleAgentsByVersion == null ? List.of() : List.copyOf(idleAgentsByVersion);
    }
}
