package ninja.mig.modules;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import ninja.mig.model.ModuleResult;

/** What a run must know of its surroundings: when it has to end, and where to leave what it has found so far. */
public final class RunContext {
    /** A run that sees its deadline coming has this long to write its result. */
    private static final Duration TO_WRITE = Duration.ofSeconds(1);

    private final Clock clock;
    private final Optional<Instant> deadline;
    private final long endMillis;
    private final boolean privacy;
    private final Optional<RunContext> whole;
    private final AtomicReference<Supplier<ModuleResult>> partial = new AtomicReference<>();
    private volatile boolean stopRequested;
    private volatile boolean toldToStop;

    /**
     * @param deadline when the process is killed; empty for never
     * @param privacy the result goes through the privacy filter of its module
     */
    public RunContext(Clock clock, Optional<Instant> deadline, boolean privacy) {
        this(clock, deadline, privacy, Optional.empty());
    }

    private RunContext(Clock clock, Optional<Instant> deadline, boolean privacy, Optional<RunContext> whole) {
        this.clock = clock;
        this.deadline = deadline;
        this.endMillis = deadline.map(end -> end.minus(TO_WRITE).toEpochMilli()).orElse(Long.MAX_VALUE);
        this.privacy = privacy;
        this.whole = whole;
    }

    /** For who runs a module without limits. */
    public static RunContext unlimited() {
        return new RunContext(Clock.systemUTC(), Optional.empty(), false);
    }

    /**
     * For another module that does a part of this run: it ends with the run, and a fifth of the time that is left before, so
     * that something can be made of what it has found. Nothing is masked for it, and what it leaves for the case that it does
     * not return is not used.
     */
    public RunContext part() {
        Optional<Instant> end = deadline.map(
                last -> last.minus(Duration.between(clock.instant(), last).dividedBy(5)));
        return new RunContext(clock, end, false, Optional.of(this));
    }

    public Clock clock() {
        return clock;
    }

    public boolean privacy() {
        return privacy;
    }

    public Optional<Instant> deadline() {
        return deadline;
    }

    /**
     * Whether to end now with what there is; every loop of a module asks. Who has been told so once has not finished: the
     * result is marked as partial.
     */
    public boolean mustStop() {
        boolean over = stopRequested
                || whole.isPresent() && whole.get().mustStop()
                || endMillis != Long.MAX_VALUE && clock.millis() >= endMillis;
        if (over) {
            toldToStop = true;
            whole.ifPresent(run -> run.toldToStop = true);
        }
        return over;
    }

    /** Whether the run has asked and was told to stop. */
    public boolean wasToldToStop() {
        return toldToStop;
    }

    /** Ends the run soon; safe to call from any thread. */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * Says how to make a result of what has been found so far, for the case that the run does not return in time. Called
     * from another thread.
     */
    public void partialResult(Supplier<ModuleResult> supplier) {
        partial.set(supplier);
    }

    Optional<ModuleResult> partialResult() {
        return Optional.ofNullable(partial.get()).map(Supplier::get);
    }
}
