package ninja.mig.agent;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleMessage;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an operation in a process of its own, which is asked to stop at its time limit and killed, with its descendants, a
 * grace period later. What a module does to its process does not touch the agent.
 */
final class OperationRunner implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OperationRunner.class);

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration SHORT_GRACE = Duration.ofSeconds(2);
    private static final Duration SHORT_LIMIT = Duration.ofSeconds(20);

    private final ModuleProgram program;
    private final Set<String> available;
    private final Duration moduleTimeout;
    private final Clock clock;
    private final Set<ModuleRun> running = ConcurrentHashMap.newKeySet();
    private volatile Optional<Outcome> stopped = Optional.empty();

    /** @param available the modules of this agent; others are not started */
    OperationRunner(ModuleProgram program, Set<String> available, Duration moduleTimeout, Clock clock) {
        this.program = program;
        this.available = available;
        this.moduleTimeout = moduleTimeout;
        this.clock = clock;
    }

    /** Blocks until the operation has ended, one way or another; never longer than the time limit and its grace. */
    Outcome run(Operation operation, Instant expireAfter) {
        String module = operation.module();
        if (!available.contains(module)) {
            return new Outcome.Unavailable(module);
        }
        if (stopped.isPresent()) {
            return stopped.get();
        }
        Instant now = clock.instant();
        Duration left = Duration.between(now, expireAfter);
        if (left.isNegative() || left.isZero()) {
            return new Outcome.Expired();
        }
        Duration limit = left.compareTo(moduleTimeout) < 0 ? left : moduleTimeout;
        try (ModuleRun run = ModuleRun.start(program.process(module, now.plus(limit)))) {
            running.add(run);
            try {
                return await(run, operation, limit);
            } finally {
                running.remove(run);
            }
        } catch (IOException e) {
            log.error("module '{}' could not be started", module, e);
            return new Outcome.Crashed("module '" + module + "' could not be started: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Crashed("agent is shutting down");
        }
    }

    private Outcome await(ModuleRun run, Operation operation, Duration limit) throws InterruptedException {
        run.send(ModuleMessage.parameters(operation.parameters()));
        if (stopped.isPresent()) {
            run.send(ModuleMessage.stop());
        }
        boolean inTime = run.awaitEnd(limit);
        if (!inTime) {
            run.send(ModuleMessage.stop());
            run.awaitEnd(limit.compareTo(SHORT_LIMIT) < 0 ? SHORT_GRACE : GRACE);
        }
        run.kill();
        if (stopped.isPresent()) {
            return stopped.get();
        }
        Outcome outcome = outcome(run, operation.module());
        if (inTime) {
            return outcome;
        }
        return new Outcome.TimedOut(
                operation.module(),
                limit,
                outcome instanceof Outcome.Finished f ? Optional.of(f.result()) : Optional.empty());
    }

    private static Outcome outcome(ModuleRun run, String module) throws InterruptedException {
        if (run.outputTooLarge()) {
            return new Outcome.Crashed("module '" + module + "': result too large");
        }
        int status = run.exitStatus();
        if (status != 0) {
            return new Outcome.Crashed("module '" + module + "': exit status " + status);
        }
        try {
            return new Outcome.Finished(MigJson.read(run.output(), ModuleResult.class));
        } catch (MalformedJsonException e) {
            return new Outcome.Crashed("module '" + module + "' gave no result: " + e.getMessage());
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop(new Outcome.Crashed("agent is shutting down"));
    }

    /**
     * Asks the modules at hand to stop, and kills those that go on for five seconds. No other is started from now on.
     *
     * @param outcome of their operations; that of the first call counts
     */
    void stop(Outcome outcome) throws InterruptedException {
        synchronized (this) {
            stopped = Optional.of(stopped.orElse(outcome));
        }
        List<ModuleRun> runs = List.copyOf(running);
        for (ModuleRun run : runs) {
            run.send(ModuleMessage.stop());
        }
        long deadline = System.nanoTime() + GRACE.toNanos();
        for (ModuleRun run : runs) {
            if (!run.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                run.kill();
            }
        }
    }
}
