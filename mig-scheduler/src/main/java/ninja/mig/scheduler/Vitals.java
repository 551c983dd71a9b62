package ninja.mig.scheduler;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import ninja.mig.conf.GoDuration;
import ninja.mig.database.Agents;
import ninja.mig.database.Database;
import ninja.mig.metrics.Health;
import ninja.mig.metrics.Health.Part;
import ninja.mig.relay.Relay;
import ninja.mig.relay.RelayState;
import ninja.mig.scheduler.SchedulerMetrics.Regular;
import ninja.mig.scheduler.Spool.Folder;

/**
 * How this scheduler is at the moment somebody asks, as figures and in words. Database and spool are looked at once in a
 * few seconds at most, however often that is.
 */
final class Vitals {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    /** Not the archives, which nobody works on and which may hold millions. */
    private static final Set<Folder> COUNTED =
            EnumSet.complementOf(EnumSet.of(Folder.ACTION_DONE, Folder.COMMAND_DONE));

    /** A run that makes the commands of a large action takes a while. */
    private static final Duration RUN = Duration.ofMinutes(10);

    private final Spool spool;
    private final Database database;
    private final Agents agents;
    private final Relay relay;
    private final Events events;
    private final SchedulerMetrics metrics;
    private Look last;

    /** @param databaseProblem empty if there is none, as {@code spoolProblem} */
    private record Look(
            long time,
            Optional<Duration> insertionLag,
            Optional<String> databaseProblem,
            Map<Folder, Long> files,
            long free,
            Optional<String> spoolProblem) {}

    Vitals(Spool spool, Database database, Agents agents, Relay relay, Events events, SchedulerMetrics metrics) {
        this.spool = spool;
        this.database = database;
        this.agents = agents;
        this.relay = relay;
        this.events = events;
        this.metrics = metrics;
        this.last = look();
        register(metrics.registry());
    }

    /** Looks again if the last look is old; whoever asks meanwhile waits for it. */
    private synchronized Look now() {
        if (System.nanoTime() - last.time() > LOOK_AGAIN.toNanos()) {
            last = look();
        }
        return last;
    }

    private Look look() {
        Optional<Duration> lag = Optional.empty();
        Optional<String> databaseProblem = Optional.empty();
        try {
            lag = agents.insertionLag();
        } catch (SQLException e) {
            databaseProblem = Optional.of(e.getMessage());
        }
        Map<Folder, Long> files = new EnumMap<>(Folder.class);
        long free = 0;
        Optional<String> spoolProblem = Optional.empty();
        try {
            for (Folder folder : COUNTED) {
                files.put(folder, spool.count(folder));
            }
            free = spool.free();
            spool.probe();
        } catch (IOException e) {
            spoolProblem = Optional.of(e.toString());
        }
        return new Look(System.nanoTime(), lag, databaseProblem, files, free, spoolProblem);
    }

    private void register(PrometheusRegistry registry) {
        JvmMetrics.builder().register(registry);
        registerSpoolAndDatabase(registry);
        registerRelay(registry);
        gauge("mig_events_waiting", "Events that the relay has not confirmed yet.", () -> (double) events.waiting());
        times(registry);
    }

    private void registerSpoolAndDatabase(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("mig_spool_files")
                .help("Files in a folder of the spool; the archives, action/done and command/done, are not counted.")
                .labelNames("folder")
                .callback(gauge -> now().files().forEach((folder, n) -> gauge.call(n, folder.path)))
                .register(registry);
        gauge("mig_spool_free_bytes", "Bytes that can still be written into the spool.", () -> (double) now().free());
        gauge(
                "mig_spool_writable",
                "1 if a file can be written into the spool.",
                () -> truth(now().spoolProblem().isEmpty()));
        gauge(
                "mig_database_up",
                "1 if the database answers.",
                () -> truth(now().databaseProblem().isEmpty()));
        GaugeWithCallback.builder()
                .name("mig_insertion_lag_seconds")
                .help("Age of the newest heartbeat in the database, whoever stored it.")
                .callback(gauge -> now().insertionLag().ifPresent(lag -> gauge.call(SchedulerMetrics.seconds(lag))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("mig_database_connections")
                .help("Connections of the pool.")
                .labelNames("state")
                .callback(gauge -> {
                    Database.Pool pool = database.pool();
                    gauge.call(pool.active(), "active");
                    gauge.call(pool.idle(), "idle");
                })
                .register(registry);
        gauge("mig_database_connections_waiting", "Threads that wait for a connection of the pool.", () ->
                (double) database.pool().waiting());
        gauge("mig_database_connections_limit", "The most connections that the pool opens: maxconn.", () ->
                (double) database.pool().most());
    }

    private void registerRelay(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("mig_relay_connected")
                .help("1 if the connection to the relay works.")
                .labelNames("connection")
                .callback(gauge -> {
                    RelayState state = relay.state();
                    gauge.call(truth(state.consuming()), "consumer");
                    gauge.call(truth(state.publishing()), "publisher");
                })
                .register(registry);
        gauge(
                "mig_relay_blocked",
                "1 if the relay takes no messages, out of memory or disk.",
                () -> truth(relay.state().blocked().isPresent()));
        CounterWithCallback.builder()
                .name("mig_relay_connections_lost")
                .help("How often a connection to the relay was lost.")
                .callback(counter -> counter.call(relay.state().lost()))
                .register(registry);
        CounterWithCallback.builder()
                .name("mig_relay_deaf")
                .help("How often a connection was given up because messages were waiting and none came.")
                .callback(counter -> counter.call(relay.state().deaf()))
                .register(registry);
    }

    private void times(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("mig_routine_success_timestamp_seconds")
                .help("When a run of a routine last succeeded.")
                .labelNames("routine")
                .callback(gauge -> metrics.routines().forEach(r -> time(r.success(), t -> gauge.call(t, r.name()))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("mig_heartbeat_timestamp_seconds")
                .help("When heartbeats were last stored.")
                .callback(gauge -> time(metrics.lastHeartbeat(), gauge::call))
                .register(registry);
        GaugeWithCallback.builder()
                .name("mig_result_timestamp_seconds")
                .help("When results were last stored.")
                .callback(gauge -> time(metrics.lastResult(), gauge::call))
                .register(registry);
    }

    private static void time(LastTime time, Consumer<Double> use) {
        time.get().ifPresent(t -> use.accept(t.toEpochMilli() / 1000.0));
    }

    private void gauge(String name, String help, Supplier<Double> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(gauge -> gauge.call(value.get()))
                .register(metrics.registry());
    }

    private static double truth(boolean condition) {
        return condition ? 1 : 0;
    }

    Health health() {
        Look look = now();
        List<Part> parts = new ArrayList<>(List.of(relayPart(), databasePart(look), spoolPart(look)));
        metrics.routines().forEach(routine -> parts.add(part(routine)));
        parts.add(Part.good("heartbeats", "last stored " + age(metrics.lastHeartbeat())));
        parts.add(Part.good("results", "last stored " + age(metrics.lastResult())));
        parts.add(Part.good("events", events.waiting() + " waiting"));
        return new Health(parts);
    }

    private Part relayPart() {
        RelayState state = relay.state();
        if (!state.isConnected()) {
            return Part.bad("relay", "away");
        }
        return state.blocked()
                .map(reason -> Part.bad("relay", "takes no messages: " + reason))
                .orElseGet(() -> Part.good("relay", "connected"));
    }

    private static Part databasePart(Look look) {
        return look.databaseProblem()
                .map(p -> Part.bad("database", p))
                .orElseGet(() -> Part.good(
                        "database",
                        "answers, the newest heartbeat in it is "
                                + look.insertionLag()
                                        .map(lag -> GoDuration.format(lag) + " old")
                                        .orElse("none")));
    }

    private static Part spoolPart(Look look) {
        return look.spoolProblem()
                .map(p -> Part.bad("spool", "cannot be written: " + p))
                .orElseGet(() -> Part.good("spool", "writable, " + look.free() / (1024 * 1024) + " MiB free"));
    }

    private static Part part(Regular routine) {
        String text = "last succeeded " + age(routine.success());
        Duration limit = routine.period().multipliedBy(2).plus(RUN);
        return new Part(routine.name(), routine.success().silence().compareTo(limit) <= 0, text);
    }

    private static String age(LastTime time) {
        return time.get().isEmpty()
                ? "never"
                : GoDuration.format(Duration.ofSeconds(time.silence().toSeconds())) + " ago";
    }
}
