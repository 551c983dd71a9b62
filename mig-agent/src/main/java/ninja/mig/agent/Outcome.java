package ninja.mig.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.Modules;

/** How one operation ended on this agent, and what goes into the command's results at the operation's position. */
sealed interface Outcome {
    /** What it contributes to the status of its command: {@code success}, {@code failed} or {@code timeout}. */
    CommandStatus status();

    /** What the agent itself has to say; it goes to the errors of the result. */
    List<String> remarks();

    /** What the module wrote, if that is a document. */
    default Optional<ModuleOutput> output() {
        return Optional.empty();
    }

    /** Bytes of the result, more or less. */
    default long size() {
        return output().map(ModuleOutput::size).orElse(0L);
    }

    /** Writes the result. */
    default void writeTo(OutputStream out) throws IOException {
        if (output().isPresent()) {
            output().get().writeTo(out, remarks());
        } else {
            out.write(MigJson.bytes(new ModuleResult(false, false, null, null, remarks())));
        }
    }

    /** Deletes what the module wrote. */
    default void discard() {
        output().ifPresent(ModuleOutput::close);
    }

    /** The module wrote its document; whether it succeeded is the document's affair. */
    record Finished(ModuleOutput document) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.SUCCESS;
        }

        @Override
        public List<String> remarks() {
            return List.of();
        }

        @Override
        public Optional<ModuleOutput> output() {
            return Optional.of(document);
        }
    }

    /** No document: the module could not be started, died, or wrote something else. */
    record Crashed(String reason) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.FAILED;
        }

        @Override
        public List<String> remarks() {
            return List.of(reason);
        }
    }

    /** The module is not in this agent's list. */
    record Unavailable(String module) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.FAILED;
        }

        @Override
        public List<String> remarks() {
            return List.of("module '" + module + "' is not available");
        }

        /** For who runs no command, but sits at the endpoint: he can change what is built in. */
        ModuleResult result() {
            boolean off = Modules.installed().byName(module).isPresent();
            return ModuleResult.failed(remarks().get(0)
                    + (off ? ": the built-in configuration does not list it, see [agent] modules" : ""));
        }
    }

    /** The action expired while the operation waited for its turn. */
    record Expired() implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.TIMEOUT;
        }

        @Override
        public List<String> remarks() {
            return List.of("expired before it could run");
        }
    }

    /** The check-in to which it belonged took too long. */
    record CheckInOver(Duration limit) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.TIMEOUT;
        }

        @Override
        public List<String> remarks() {
            return List.of("the check-in was over after %s s, before the module was".formatted(limit.toSeconds()));
        }
    }

    /** @param partial what the module knew when it was asked to stop */
    record TimedOut(String module, Duration limit, Optional<ModuleOutput> partial) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.TIMEOUT;
        }

        @Override
        public List<String> remarks() {
            return List.of("module '%s' was %s after %s s"
                    .formatted(module, partial.isPresent() ? "stopped" : "killed", limit.toSeconds()));
        }

        @Override
        public Optional<ModuleOutput> output() {
            return partial;
        }
    }

    /** The system does not end the module's process, which waits for a device that does not answer, perhaps. */
    record Unkillable(String module, Duration limit) implements Outcome {
        @Override
        public CommandStatus status() {
            return CommandStatus.TIMEOUT;
        }

        @Override
        public List<String> remarks() {
            return List.of("module '%s' could not be killed after %s s, and is left alone"
                    .formatted(module, limit.toSeconds()));
        }
    }

    /** The status of a command whose operations ended so: {@code failed} over {@code timeout} over {@code success}. */
    static CommandStatus worst(List<? extends Outcome> outcomes) {
        if (outcomes.stream().anyMatch(o -> o.status() == CommandStatus.FAILED)) {
            return CommandStatus.FAILED;
        }
        return outcomes.stream().anyMatch(o -> o.status() == CommandStatus.TIMEOUT)
                ? CommandStatus.TIMEOUT
                : CommandStatus.SUCCESS;
    }
}
