package ninja.mig.scheduler;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.conf.ConfException;
import ninja.mig.database.Actions;
import ninja.mig.database.AgentStatistics;
import ninja.mig.database.Agents;
import ninja.mig.database.Claims;
import ninja.mig.database.Commands;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.database.Notifications;
import ninja.mig.database.Targets;
import ninja.mig.metrics.MetricsServer;
import ninja.mig.model.IdGenerator;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.relay.Relay;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.Topology;
import ninja.mig.runtime.Backoff;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Routine;
import ninja.mig.runtime.Routines;
import ninja.mig.scheduler.Spool.Folder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires a scheduler, by hand and in the order of the flow. */
final class Scheduler {
    static final String NAME = "mig-scheduler";

    private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

    /** A command waits this long at most for a second attempt when nothing wakes its sender. */
    private static final Duration RETRY_OUTBOX = Duration.ofSeconds(10);

    /** Connections left for everything but the inserting of heartbeats. */
    private static final int OTHER_CONNECTIONS = 4;

    private static final int MOST_INSERTERS = 32;
    private static final int MOST_LAUNCHERS = 4;

    private Scheduler() {}

    /**
     * Starts everything. A database that is away is waited for; a relay that is away is connected to in the background.
     *
     * @param closer stops it: first the taking of messages, then the routines, then what they use
     * @throws ConfException if the spool, or the address of the metrics, cannot be used
     * @throws SQLException if the database refuses the credentials or has no schema
     * @throws IOException if the relay refuses the user
     */
    static void start(SchedulerConf conf, Clock clock, Closer closer)
            throws SQLException, IOException, BadKeyException, InterruptedException {
        conf.warnings().forEach(log::warn);
        Spool spool = Spool.open(conf.spool(), conf.tmp(), conf.archive());
        Database database = closer.register(whenThere(() -> Database.open(conf.postgres(), NAME)));
        log.info("Database connection opened");
        Optional<SchedulerKey> key = whenThere(() -> loadKey(database, clock));
        Relay relay = closer.register(Relay.start(conf.mq(), NAME, clock, RelayConnection::declareScheduler));

        SchedulerMetrics metrics = new SchedulerMetrics(clock);
        Events events = closer.register(new Events(relay, metrics));
        Targets targets = closer.register(new Targets(database));
        List<Claims> claims = new ArrayList<>();
        for (int i = 0; i < Math.min(targets.connections(), MOST_LAUNCHERS); i++) {
            claims.add(closer.register(new Claims(database)));
        }
        Routines routines = closer.register(new Routines());
        events.start(routines);
        IdGenerator ids = new IdGenerator(clock);
        Whitelist whitelist = new Whitelist(conf.whitelist(), clock);
        Actions actions = new Actions(database);
        Commands commands = new Commands(database);
        Agents agents = new Agents(database);
        ActiveInvestigators investigators = new ActiveInvestigators(new Investigators(database), clock);
        KillOrders killOrders = new KillOrders(key, investigators, spool, ids, clock);
        DuplicateAgents duplicates = new DuplicateAgents(agents, killOrders, conf, clock);
        UpgradedAgents upgraded = new UpgradedAgents(agents);
        ActionLanding landing = new ActionLanding(actions, spool, metrics, clock);
        Periodic periodic = new Periodic(
                spool, actions, commands, agents, new AgentStatistics(database), upgraded, duplicates, conf, clock);
        whenThere(() -> {
            periodic.tidy();
            return periodic;
        });

        Outbox outbox = new Outbox(spool);
        Routine sender = routines.every(
                RETRY_OUTBOX,
                "commands",
                metrics.watched(
                        "commands",
                        RETRY_OUTBOX,
                        new CommandSender(outbox, actions::cancelled, relay, metrics, clock)::run));
        NewActions newActions = new NewActions(
                actions,
                commands,
                targets,
                investigators,
                spool,
                outbox,
                ids,
                sender::wake,
                conf.logActions(),
                metrics,
                clock);
        Runnable launchers = start(
                routines,
                conf,
                metrics,
                claims.stream()
                        .map(some -> new Launcher(some, newActions, clock))
                        .toList());
        DroppedActions dropped = new DroppedActions(actions, investigators, newActions, spool, ids, clock);
        ReturnedCommands returned = new ReturnedCommands(
                whitelist, commands, spool, landing, events, upgraded, conf.maxResult(), metrics, clock);
        CalledOffCommands calledOff = new CalledOffCommands(commands, spool, metrics, clock);
        Routine collector = routines.every(
                conf.collectorFreq(),
                "collector",
                metrics.watched(
                        "collector",
                        conf.collectorFreq(),
                        new Collector(actions, launchers, dropped, newActions, returned, calledOff, landing, clock)
                                ::run));
        // Not the collector's business: a thousand returned files may keep it for long.
        Routine cancellation = routines.every(
                conf.collectorFreq(), "cancellation", metrics.watched("cancellation", conf.collectorFreq(), () -> {
                    calledOff.cancel();
                    landing.checkAll();
                }));
        Runnable onFile = () -> {
            launchers.run();
            collector.wake();
        };
        Runnable onNotification = () -> {
            cancellation.wake();
            onFile.run();
        };
        closer.register(new Alarms(new Notifications(conf.postgres(), NAME), watched(spool), onFile, onNotification));
        duplicates.start(routines);
        routines.every(
                conf.periodicFreq(), "periodic", metrics.watched("periodic", conf.periodicFreq(), periodic::run));
        QueuesCleanup cleanup = closer.register(new QueuesCleanup(agents, conf, clock));
        routines.every(conf.queuesCleanupFreq(), "cleanup", cleanup::run);

        if (conf.metrics().isPresent()) {
            Vitals vitals = new Vitals(spool, database, agents, relay, events, metrics);
            closer.register(listen(conf.metrics().get(), vitals, metrics));
        }
        Heartbeats heartbeats = closer.register(new Heartbeats(
                whitelist, agents, events, ids, conf, inserters(database.maxConn()), metrics, duplicates::look, clock));
        Results results = closer.register(new Results(returned, spool, conf.resultPrefetch(), metrics, clock));
        closer.register(relay::stopConsuming);
        relay.consume(Topology.HEARTBEATS, conf.heartbeatPrefetch(), heartbeats);
        relay.consume(Topology.RESULTS, conf.resultPrefetch(), results);
    }

    private static MetricsServer listen(InetSocketAddress address, Vitals vitals, SchedulerMetrics metrics) {
        try {
            return MetricsServer.start(address, metrics.registry(), vitals::health);
        } catch (IOException e) {
            throw new ConfException("[metrics] listen " + address + " cannot be used: " + e.getMessage());
        }
    }

    /** @return wakes them */
    private static Runnable start(
            Routines routines, SchedulerConf conf, SchedulerMetrics metrics, List<Launcher> launchers) {
        List<Routine> running = new ArrayList<>();
        for (Launcher launcher : launchers) {
            String name = "actions-" + (running.size() + 1);
            running.add(routines.every(
                    conf.collectorFreq(), name, metrics.watched(name, conf.collectorFreq(), launcher::run)));
        }
        return () -> running.forEach(Routine::wake);
    }

    private static List<Path> watched(Spool spool) {
        return List.of(spool.folder(Folder.ACTION_NEW), spool.folder(Folder.COMMAND_RETURNED));
    }

    private static int inserters(int maxConn) {
        return Math.min(Math.max(1, maxConn - OTHER_CONNECTIONS), MOST_INSERTERS);
    }

    private interface Attempt<T> {
        T run() throws SQLException, IOException, BadKeyException;
    }

    /** Waits for a database that is away, and says so once. */
    private static <T> T whenThere(Attempt<T> attempt)
            throws SQLException, IOException, BadKeyException, InterruptedException {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5));
        while (true) {
            try {
                return attempt.run();
            } catch (SQLException e) {
                if (!Database.isAway(e)) {
                    throw e;
                }
                if (backoff.failures() == 0) {
                    log.warn("the database is away, will be tried again: {}", e.toString());
                }
                Thread.sleep(backoff.next().toMillis());
            }
        }
    }

    /** Only orders that end agents need the key: a role that may not read it can do everything else. */
    private static Optional<SchedulerKey> loadKey(Database database, Clock clock) throws SQLException, BadKeyException {
        try {
            return Optional.of(SchedulerKey.load(new Investigators(database), clock));
        } catch (SQLException e) {
            if (!Database.isPermissionDenied(e)) {
                throw e;
            }
            log.warn("the key of the scheduler cannot be read, agents cannot be told to end: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
