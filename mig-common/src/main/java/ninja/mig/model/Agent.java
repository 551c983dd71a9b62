package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Objects;

/**
 * An agent as the database knows it; without {@code id} and {@code status} it is a heartbeat.
 *
 * @param name fully qualified host name, at most 1024 characters
 * @param queueLoc {@code <os>.<hostname>.<uid>}, see {@link QueueLoc}; received text, not yet checked
 * @param mode {@code daemon}, {@code checkin} or empty
 * @param heartbeatTime the agent's clock in a heartbeat, the scheduler's in a row
 * @param authorized never used; kept for the format
 * @param tags any JSON, by convention an object of strings; null if none
 */
public record Agent(
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = MigId.LeftOut.class)
        MigId id,

        String name,
        @JsonProperty("queueloc") String queueLoc,
        String mode,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String version,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int pid,
        @JsonProperty("starttime") Instant startTime,
        @JsonProperty("destructiontime") Instant destructionTime,
        @JsonProperty("heartbeatts") Instant heartbeatTime,
        @JsonInclude(JsonInclude.Include.NON_NULL) AgentStatus status,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean authorized,
        AgentEnvironment environment,
        @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode tags) {

    /** No agent: a document that was never filled in. */
    public static final Agent NONE =
            new Agent(null, null, null, null, null, 0, null, null, null, null, false, null, null);

    public Agent {
        id = Objects.requireNonNullElse(id, MigId.NONE);
        name = Objects.requireNonNullElse(name, "");
        queueLoc = Objects.requireNonNullElse(queueLoc, "");
        mode = Objects.requireNonNullElse(mode, "");
        version = Objects.requireNonNullElse(version, "");
        startTime = Objects.requireNonNullElse(startTime, Times.UNSET);
        destructionTime = Objects.requireNonNullElse(destructionTime, Times.UNSET);
        heartbeatTime = Objects.requireNonNullElse(heartbeatTime, Times.UNSET);
        environment = Objects.requireNonNullElse(environment, AgentEnvironment.UNKNOWN);
        tags = tags == null || tags.isNull() ? null : tags;
    }
}
