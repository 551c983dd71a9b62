package ninja.mig.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.ModuleResult;

/** How one operation ended on this agent. */
sealed interface Outcome {
    /** What it contributes to the status of its command: {@code success}, {@code failed} or {@code timeout}. */
    CommandStatus status();

    /** What goes into the command's results, at the operation's position. */
    ModuleResult result();

    /** The module wrote its document; whether it succeeded is the document's affair. */
    record Finished(ModuleResult result) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.SUCCESS;
        }
    }

    /** No document: the module could not be started, died, or wrote something else. */
    record Crashed(String reason) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.FAILED;
        }

        @Override
        public ModuleResult result() {
            return ModuleResult.failed(reason);
        }
    }

    /** The module is not in this agent's list. */
    record Unavailable(String module) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.FAILED;
        }

        @Override
        public ModuleResult result() {
            return ModuleResult.failed("module '" + module + "' is not available");
        }
    }

    /** The action expired while the operation waited for its turn. */
    record Expired() implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.TIMEOUT;
        }

        @Override
        public ModuleResult result() {
            return ModuleResult.failed("expired before it could run");
        }
    }

    /** The check-in to which it belonged took too long. */
    record CheckInOver(Duration limit) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.TIMEOUT;
        }

        @Override
        public ModuleResult result() {
            return ModuleResult.failed(
                    "the check-in was over after %s s, before the module was".formatted(limit.toSeconds()));
        }
    }

    /** @param partial what the module knew when it was asked to stop */
    record TimedOut(String module, Duration limit, Optional<ModuleResult> partial) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.TIMEOUT;
        }

        @Override
        public ModuleResult result() {
            String how = partial.isPresent() ? "stopped" : "killed";
            String reason = "module '%s' was %s after %s s".formatted(module, how, limit.toSeconds());
            if (partial.isEmpty()) {
                return ModuleResult.failed(reason);
            }
            ModuleResult known = partial.get();
            List<String> errors = new ArrayList<>(known.errors());
            errors.add(reason);
            return new ModuleResult(
                    known.foundAnything(), known.success(), known.elements(), known.statistics(), errors);
        }
    }

    /** The status of a command whose operations ended so: {@code failed} over {@code timeout} over {@code success}. */
    static CommandStatus worst(List<Outcome> outcomes) {
        if (outcomes.stream().anyMatch(o -> o.status() == CommandStatus.FAILED)) {
            return CommandStatus.FAILED;
        }
        return outcomes.stream().anyMatch(o -> o.status() == CommandStatus.TIMEOUT)
                ? CommandStatus.TIMEOUT
                : CommandStatus.SUCCESS;
    }
}
