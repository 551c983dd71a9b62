package ninja.mig.agent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.Operation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command that is being run: which of its operations come next, and how the others ended. */
final class CommandRun {
    private static final Logger log = LoggerFactory.getLogger(CommandRun.class);

    private final ReceivedCommand received;
    private final List<Operation> operations;
    private final IdGenerator ids;
    private final Function<Operation, Outcome> runner;
    private final Consumer<CommandRun> end;
    private final List<Outcome> outcomes;
    private int begun;
    private int ended;
    private long bytes;

    /**
     * @param ids of operations, for the log
     * @param runner runs one operation, and returns when it has ended
     * @param end is called once, when all have
     */
    CommandRun(
            ReceivedCommand received,
            Action action,
            IdGenerator ids,
            Function<Operation, Outcome> runner,
            Consumer<CommandRun> end) {
        this.received = received;
        this.operations = action.operations();
        this.ids = ids;
        this.runner = runner;
        this.end = end;
        this.outcomes = new ArrayList<>(Collections.nCopies(operations.size(), new Outcome.Expired()));
    }

    ReceivedCommand received() {
        return received;
    }

    /** What is to be done next; empty if every operation has begun. */
    synchronized Optional<Runnable> next() {
        if (begun == operations.size()) {
            return Optional.empty();
        }
        int position = begun++;
        return Optional.of(() -> run(position));
    }

    /** Whatever is thrown, the operation has ended: without that its command would never be answered. */
    private void run(int position) {
        Outcome outcome;
        try (LogContext context = LogContext.of(ids.next(), received.actionId(), received.id())) {
            outcome = outcome(operations.get(position));
        }
        if (isLast(position, outcome)) {
            // Whoever is interrupted can write no file, and the answer is what is still to be done.
            boolean interrupted = Thread.interrupted();
            log.debug("all operations have ended{}", interrupted ? ", interrupted" : "");
            end.accept(this);
        }
    }

    private Outcome outcome(Operation operation) {
        try {
            return runner.apply(operation);
        } catch (Throwable e) {
            log.error("module '{}' of command {} could not be run", operation.module(), received.id(), e);
            return new Outcome.Crashed("module '" + operation.module() + "' could not be run");
        }
    }

    private synchronized boolean isLast(int position, Outcome outcome) {
        boolean hasRoom = bytes + outcome.size() <= Answer.MAX_RESULTS;
        if (hasRoom) {
            bytes += outcome.size();
        } else {
            outcome.discard();
        }
        outcomes.set(
                position,
                hasRoom
                        ? outcome
                        : new Outcome.Crashed(
                                "module '%s': result too large: all results of the command would have more than %d MiB"
                                        .formatted(operations.get(position).module(), Answer.MAX_RESULTS >> 20)));
        return ++ended == operations.size();
    }

    /** How the operations ended, in their order. */
    synchronized List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }
}
