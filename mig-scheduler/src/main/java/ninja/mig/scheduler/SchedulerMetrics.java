package ninja.mig.scheduler;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.CommandStatus;
import ninja.mig.runtime.Task;

/** What this scheduler has done since it started. To count costs some nanoseconds and never fails. */
final class SchedulerMetrics {
    /** Why a heartbeat registered no agent. */
    enum HeartbeatRefusal {
        MALFORMED,
        EXPIRED,
        UNAUTHORIZED,
        /** The database does not take what it says. */
        DATABASE
    }

    /** Why an answer changed nothing. */
    enum ResultRefusal {
        MALFORMED,
        UNAUTHORIZED,
        UNKNOWN_COMMAND,
        WRONG_ACTION,
        WRONG_AGENT,
        /** It came before, and nothing overwrites a success. */
        REPEATED,
        /** The database does not take what it says. */
        DATABASE
    }

    private static final double[] SECONDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300};
    private static final double[] ITEMS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    private static final double NANOS = 1e9;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Clock clock;
    private final List<Regular> routines = new CopyOnWriteArrayList<>();
    private final LastTime lastHeartbeat;
    private final LastTime lastResult;

    private final Counter heartbeats = counter("mig_heartbeats_received", "Heartbeats that the relay delivered.");
    private final Counter registered = counter(
            "mig_heartbeats_registered", "Heartbeats that are in the database, or were outdone by a newer one.");
    private final Map<HeartbeatRefusal, CounterDataPoint> heartbeatRefusals = counters(
            "mig_heartbeats_refused",
            "Heartbeats that registered no agent.",
            "reason",
            EnumSet.allOf(HeartbeatRefusal.class));
    private final Counter newAgents = counter("mig_agents_new", "Agents that were not known before.");
    private final Histogram heartbeatLag = histogram(
            "mig_heartbeat_lag_seconds",
            "From the time that a heartbeat says it was sent, by the agent's clock, to its commit.",
            SECONDS);
    private final Histogram heartbeatBatch =
            histogram("mig_heartbeat_batch_size", "Heartbeats stored in one transaction.", ITEMS);

    private final Map<ActionStatus, CounterDataPoint> actions = counters(
            "mig_actions",
            "Actions that this scheduler brought to a status.",
            "status",
            EnumSet.of(
                    ActionStatus.SCHEDULED,
                    ActionStatus.INFLIGHT,
                    ActionStatus.COMPLETED,
                    ActionStatus.CANCELLED,
                    ActionStatus.INVALID));
    private final Counter created = counter("mig_commands_created", "Commands inserted into the database.");
    private final Counter published = counter("mig_commands_published", "Commands that the relay confirmed.");
    private final Counter unroutable = counter(
            "mig_commands_unroutable", "Attempts to publish a command that found no queue of its agent; tried again.");
    private final Counter unconfirmed = counter(
            "mig_commands_unconfirmed", "Attempts to publish a command that the relay did not confirm; tried again.");
    private final Map<CommandStatus, CounterDataPoint> finished = counters(
            "mig_commands_finished",
            "Commands that got a final status.",
            "status",
            EnumSet.complementOf(EnumSet.of(CommandStatus.SENT, CommandStatus.NONE)));

    private final Counter results = counter("mig_results_received", "Results that the relay delivered.");
    private final Map<ResultRefusal, CounterDataPoint> resultRefusals = counters(
            "mig_results_refused", "Results that changed nothing.", "reason", EnumSet.allOf(ResultRefusal.class));
    private final Counter kept =
            counter("mig_results_kept", "Results put into command/returned while the database was away.");
    private final Histogram resultLag =
            histogram("mig_result_lag_seconds", "From the arrival of a result to its commit.", SECONDS);
    private final Histogram resultBatch =
            histogram("mig_result_batch_size", "Results stored in one transaction.", ITEMS);

    private final Histogram runs = Histogram.builder()
            .name("mig_routine_run_seconds")
            .help("How long the runs of a routine took, failed ones included.")
            .labelNames("routine")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .withoutExemplars()
            .register(registry);
    private final Counter failures = Counter.builder()
            .name("mig_routine_failures")
            .help("Runs of a routine that failed.")
            .labelNames("routine")
            .withoutExemplars()
            .register(registry);

    private final Counter eventsPublished = counter("mig_events_published", "Events that the relay confirmed.");
    private final Counter eventsDropped =
            counter("mig_events_dropped", "Events dropped because the relay did not take them as fast as they came.");

    SchedulerMetrics(Clock clock) {
        this.clock = clock;
        this.lastHeartbeat = new LastTime(clock);
        this.lastResult = new LastTime(clock);
    }

    /** Where everything is registered. */
    PrometheusRegistry registry() {
        return registry;
    }

    private Counter counter(String name, String help) {
        return Counter.builder().name(name).help(help).withoutExemplars().register(registry);
    }

    private <E extends Enum<E>> Map<E, CounterDataPoint> counters(
            String name, String help, String label, Set<E> values) {
        Counter counter = Counter.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .withoutExemplars()
                .register(registry);
        return values.stream()
                .collect(Collectors.toUnmodifiableMap(
                        value -> value,
                        value -> counter.labelValues(value.name().toLowerCase(Locale.ROOT))));
    }

    private Histogram histogram(String name, String help, double[] bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .register(registry);
    }

    /** Runs that should succeed again and again. */
    record Regular(String name, Duration period, LastTime success) {}

    /** The task of a routine, with its runs counted and timed, and a note of its last success. */
    Task watched(String routine, Duration period, Task task) {
        LastTime success = new LastTime(clock);
        routines.add(new Regular(routine, period, success));
        DistributionDataPoint durations = runs.labelValues(routine);
        CounterDataPoint failed = failures.labelValues(routine);
        return () -> {
            long start = System.nanoTime();
            boolean done = false;
            try {
                task.run();
                success.isNow();
                done = true;
            } finally {
                durations.observe((System.nanoTime() - start) / NANOS);
                failed.inc(done ? 0 : 1);
            }
        };
    }

    List<Regular> routines() {
        return List.copyOf(routines);
    }

    LastTime lastHeartbeat() {
        return lastHeartbeat;
    }

    LastTime lastResult() {
        return lastResult;
    }

    void heartbeatReceived() {
        heartbeats.inc();
    }

    void heartbeatRefused(HeartbeatRefusal reason) {
        heartbeatRefusals.get(reason).inc();
    }

    /** @param lag since it was sent */
    void heartbeatRegistered(Duration lag) {
        registered.inc();
        heartbeatLag.observe(Math.max(0, seconds(lag)));
    }

    void heartbeatBatch(int size) {
        heartbeatBatch.observe(size);
        lastHeartbeat.isNow();
    }

    void agentIsNew() {
        newAgents.inc();
    }

    void actionIs(ActionStatus status) {
        actions.get(status).inc();
    }

    void commandsCreated(int count) {
        created.inc(count);
    }

    void commandPublished() {
        published.inc();
    }

    void commandUnroutable() {
        unroutable.inc();
    }

    void commandUnconfirmed() {
        unconfirmed.inc();
    }

    void commandFinished(CommandStatus status) {
        finished.get(status).inc();
    }

    void resultReceived() {
        results.inc();
    }

    void resultRefused(ResultRefusal reason) {
        resultRefusals.get(reason).inc();
    }

    void resultsKept(int count) {
        kept.inc(count);
    }

    /** @param arrived {@link System#nanoTime} then */
    void resultStored(long arrived) {
        resultLag.observe((System.nanoTime() - arrived) / NANOS);
    }

    void resultBatch(int size) {
        resultBatch.observe(size);
        lastResult.isNow();
    }

    void eventsPublished(int count) {
        eventsPublished.inc(count);
    }

    void eventDropped() {
        eventsDropped.inc();
    }

    static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / NANOS;
    }
}
