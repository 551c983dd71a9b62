package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One action on one agent. A scheduler sends it with one empty result per operation; the agent returns it with status and
 * results.
 */
public record Command(
        MigId id,
        Action action,
        Agent agent,
        CommandStatus status,
        List<ModuleResult> results,
        @JsonProperty("starttime") Instant startTime,
        @JsonProperty("finishtime") Instant finishTime) {

    public Command {
        id = Objects.requireNonNullElse(id, MigId.NONE);
        action = Objects.requireNonNullElse(action, Action.NONE);
        agent = Objects.requireNonNullElse(agent, Agent.NONE);
        status = Objects.requireNonNullElse(status, CommandStatus.NONE);
        results = results == null
                ? List.of()
                : results.stream()
                        .map(r -> Objects.requireNonNullElse(r, ModuleResult.EMPTY))
                        .toList();
        startTime = Objects.requireNonNullElse(startTime, Times.UNSET);
        finishTime = Objects.requireNonNullElse(finishTime, Times.UNSET);
    }

    public Command withAnswer(CommandStatus newStatus, List<ModuleResult> newResults) {
        return new Command(id, action, agent, newStatus, newResults, startTime, finishTime);
    }

    public Command finishedAt(Instant time) {
        return new Command(id, action, agent, status, results, startTime, time);
    }
}
