package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.model.ModuleMessage;
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

    /** What is killed ends at once, unless the system itself waits for something. */
    private static final Duration DYING = Duration.ofSeconds(5);

    private final ModuleProgram program;
    private final Set<String> available;
    private final Duration moduleTimeout;
    private final Path folder;
    private final Processors processors;
    private final Clock clock;
    private final Set<ModuleRun> running = ConcurrentHashMap.newKeySet();
    private volatile Optional<Outcome> stopped = Optional.empty();

    /**
     * @param available the modules of this agent; others are not started
     * @param folder where large output of modules is kept
     */
    OperationRunner(ModuleProgram program, Set<String> available, Duration moduleTimeout, Path folder, Clock clock) {
        this(program, available, moduleTimeout, folder, Processors.ofThisHost(), clock);
    }

    /** @param processors that all modules may use together */
    OperationRunner(
            ModuleProgram program,
            Set<String> available,
            Duration moduleTimeout,
            Path folder,
            Processors processors,
            Clock clock) {
        this.program = program;
        this.available = available;
        this.moduleTimeout = moduleTimeout;
        this.folder = folder;
        this.processors = processors;
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
        try (Processors.Share share = processors.take();
                ModuleRun run = ModuleRun.start(program.process(module, share, now.plus(limit)), folder)) {
            running.add(run);
            try {
                return await(run, operation, limit, DYING);
            } finally {
                running.remove(run);
            }
        } catch (IOException e) {
            log.error("module '{}' could not be started", module, e);
            return new Outcome.Crashed("module '" + module + "' could not be started: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return stopped.orElse(new Outcome.Crashed("agent is shutting down"));
        }
    }

    /** @param dying how long the process may still be there after it was killed */
    Outcome await(ModuleRun run, Operation operation, Duration limit, Duration dying) throws InterruptedException {
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
        boolean dead = run.awaitEnd(dying);
        if (!dead) {
            log.error("module '{}' cannot be killed, its process is left alone", operation.module());
        }
        if (stopped.isPresent()) {
            return stopped.get();
        }
        if (!dead) {
            return new Outcome.Unkillable(operation.module(), limit);
        }
        Outcome outcome = outcome(run, operation.module());
        return inTime ? outcome : new Outcome.TimedOut(operation.module(), limit, outcome.output());
    }

    private static Outcome outcome(ModuleRun run, String module) throws InterruptedException {
        ModuleOutput output = run.output();
        Optional<String> problem = output.end();
        if (problem.isPresent()) {
            return new Outcome.Crashed("module '" + module + "': " + problem.get());
        }
        int status = run.exitStatus();
        if (status != 0) {
            return new Outcome.Crashed("module '" + module + "': exit status " + status);
        }
        try {
            output.check();
            return new Outcome.Finished(run.takeOutput());
        } catch (MalformedJsonException e) {
            return new Outcome.Crashed("module '" + module + "' gave no result: " + e.getMessage());
        } catch (IOException e) {
            return new Outcome.Crashed("module '" + module + "': its result cannot be read: " + e.getMessage());
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
