package ninja.mig.scheduler;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import ninja.mig.database.Agents;
import ninja.mig.database.Registration;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogThrottle;
import ninja.mig.log.Severity;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.MessageHandler;
import ninja.mig.relay.Topology;
import ninja.mig.runtime.Batcher;
import ninja.mig.runtime.Routines;
import ninja.mig.scheduler.SchedulerMetrics.HeartbeatRefusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the agents whose heartbeats arrive on queue mig.agt.heartbeats, in batches, and acknowledges after the commit.
 * While the database is away heartbeats stay with the relay.
 */
final class Heartbeats implements MessageHandler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);
    private static final int LARGEST = 102_400;
    private static final int LONGEST_NAME = 1024;
    private static final int LONGEST_VERSION = 128;
    private static final Set<String> MODES = Set.of("", "daemon", "checkin");
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    private record Waiting(Agent agent, Delivery delivery) {}

    private final Whitelist whitelist;
    private final Agents agents;
    private final Events events;
    private final IdGenerator ids;
    private final Duration agentTimeout;
    private final boolean debug;
    private final SchedulerMetrics metrics;
    private final Consumer<String> seenDestroyed;
    private final Clock clock;
    private final LogThrottle malformed;
    private final LogThrottle unauthorized;
    private final LogThrottle wrongClock;
    private final List<Batcher<Waiting>> inserters = new ArrayList<>();

    /**
     * @param threads that insert; heartbeats of one queueloc meet the same one, in order
     * @param seenDestroyed is told, and returns at once, when an agent that was told to end is still there: its queueloc
     */
    Heartbeats(
            Whitelist whitelist,
            Agents agents,
            Events events,
            IdGenerator ids,
            SchedulerConf conf,
            int threads,
            SchedulerMetrics metrics,
            Consumer<String> seenDestroyed,
            Clock clock) {
        this.whitelist = whitelist;
        this.agents = agents;
        this.events = events;
        this.ids = ids;
        this.agentTimeout = conf.agentTimeout();
        this.debug = conf.debugHeartbeats();
        this.metrics = metrics;
        this.seenDestroyed = seenDestroyed;
        this.clock = clock;
        this.malformed = new LogThrottle(Duration.ofMinutes(1), clock);
        this.unauthorized = new LogThrottle(Duration.ofMinutes(1), clock);
        this.wrongClock = new LogThrottle(Duration.ofHours(1), clock);
        // Half of what the relay hands over at a time, so that it can send the next half meanwhile.
        int batch = Math.max(1, conf.heartbeatPrefetch() / 2 / threads);
        Batcher.Limits limits = new Batcher.Limits(batch, Batcher.Limits.USUAL.age(), Batcher.Limits.USUAL.idle());
        for (int i = 1; i <= threads; i++) {
            inserters.add(new Batcher<>("heartbeats-" + i, conf.heartbeatPrefetch(), limits, this::register));
        }
    }

    @Override
    public void handle(Delivery delivery) throws Exception {
        metrics.heartbeatReceived();
        try {
            Agent agent = read(delivery.body());
            QueueLoc queueLoc = queueLoc(agent);
            check(agent);
            if (debug) {
                log.debug("heartbeat from agent '{}' on '{}'", agent.name(), agent.queueLoc());
            }
            if (isExpired(agent) || !isAuthorized(queueLoc, delivery)) {
                delivery.ack();
            } else {
                inserterOf(agent).put(new Waiting(agent, delivery));
            }
        } catch (RejectedException e) {
            // What stands behind the colon differs from message to message.
            OptionalInt before = malformed.next(e.getMessage().split(":", 2)[0]);
            before.ifPresent(n -> log.error("discarded {}{}", e.getMessage(), LogThrottle.more(n)));
            metrics.heartbeatRefused(HeartbeatRefusal.MALFORMED);
            delivery.ack();
        }
    }

    private static Agent read(byte[] body) throws RejectedException {
        if (body.length > LARGEST) {
            throw new RejectedException("heartbeat larger than 100kB");
        }
        try {
            return MigJson.read(body, Agent.class);
        } catch (RejectedException e) {
            throw new RejectedException("heartbeat that cannot be read: " + e.getMessage(), e);
        }
    }

    private static QueueLoc queueLoc(Agent agent) throws RejectedException {
        try {
            return QueueLoc.parse(agent.queueLoc());
        } catch (RejectedException e) {
            throw new RejectedException("heartbeat: " + e.getMessage(), e);
        }
    }

    private static void check(Agent agent) throws RejectedException {
        require(MODES.contains(agent.mode()), agent, "mode is neither daemon nor checkin");
        require(agent.name().length() <= LONGEST_NAME, agent, "name is longer than " + LONGEST_NAME + " characters");
        require(
                agent.version().length() <= LONGEST_VERSION,
                agent,
                "version is longer than " + LONGEST_VERSION + " characters");
        require(agent.pid() >= 0, agent, "pid is negative");
    }

    private static void require(boolean good, Agent agent, String problem) throws RejectedException {
        if (!good) {
            throw new RejectedException("heartbeat of '" + agent.queueLoc() + "': " + problem);
        }
    }

    /** By the agent's clock, of which the log tells if it is far from ours. */
    private boolean isExpired(Agent agent) {
        Instant now = clock.instant();
        if (agent.heartbeatTime().isBefore(now.minus(agentTimeout))) {
            log.info(Severity.NOTICE.marker(), "Expired heartbeat received from Agent '{}'", agent.name());
            metrics.heartbeatRefused(HeartbeatRefusal.EXPIRED);
            return true;
        }
        Duration difference = Duration.between(agent.heartbeatTime(), now).abs();
        if (difference.compareTo(CLOCKS_DIFFER) > 0
                && wrongClock.next(agent.queueLoc()).isPresent()) {
            log.warn(
                    "the clock of agent '{}' differs from ours by {} s, or its heartbeats take that long",
                    agent.name(),
                    difference.toSeconds());
        }
        return false;
    }

    private boolean isAuthorized(QueueLoc queueLoc, Delivery delivery) {
        if (whitelist.authorizes(queueLoc)) {
            return true;
        }
        metrics.heartbeatRefused(HeartbeatRefusal.UNAUTHORIZED);
        OptionalInt before = unauthorized.next(queueLoc.toString());
        before.ifPresent(
                n -> log.warn("getHeartbeats(): Agent '{}' is not authorized{}", queueLoc, LogThrottle.more(n)));
        events.publish(Topology.AGENT_AUTHENTICATION_FAILURE, delivery.body());
        return false;
    }

    private Batcher<Waiting> inserterOf(Agent agent) {
        return inserters.get(Math.floorMod(agent.queueLoc().hashCode(), inserters.size()));
    }

    private void register(List<Waiting> batch) throws SQLException {
        List<Agent> heartbeats = batch.stream().map(Waiting::agent).toList();
        List<Registration> done;
        try {
            done = agents.register(heartbeats, ids, clock.instant());
        } catch (SQLException | RuntimeException e) {
            if (e instanceof SQLException failure && !BadData.isReason(failure)) {
                throw failure;
            }
            refuse(batch, e);
            return;
        }
        Delivery.ackAll(batch.stream().map(Waiting::delivery).toList());
        count(heartbeats);
        done.stream().filter(Registration::isNew).forEach(r -> tellOfNew(r.agent()));
        done.stream()
                .map(Registration::agent)
                .filter(agent -> agent.status() == AgentStatus.DESTROYED)
                .forEach(agent -> seenDestroyed.accept(agent.queueLoc()));
    }

    private void tellOfNew(Agent agent) {
        metrics.agentIsNew();
        events.publish(Topology.AGENT_NEW, MigJson.bytes(agent));
    }

    private void count(List<Agent> stored) {
        Instant now = clock.instant();
        metrics.heartbeatBatch(stored.size());
        stored.forEach(agent -> metrics.heartbeatRegistered(Duration.between(agent.heartbeatTime(), now)));
    }

    /** One heartbeat must not keep the others of its batch out, whether the database or a defect refuses it. */
    private void refuse(List<Waiting> batch, Exception reason) throws SQLException {
        if (batch.size() > 1) {
            for (Waiting one : batch) {
                register(List.of(one));
            }
        } else {
            Waiting one = batch.get(0);
            log.error(
                    "discarded heartbeat of '{}', the database does not take it: {}",
                    one.agent().queueLoc(),
                    reason.getMessage());
            metrics.heartbeatRefused(HeartbeatRefusal.DATABASE);
            one.delivery().ack();
        }
    }

    /** Stores what was delivered. All at once: each waits for a database that is away as long as it may. */
    @Override
    public void close() throws InterruptedException {
        List<Thread> closing = inserters.stream()
                .map(inserter -> Routines.thread("close-heartbeats", () -> close(inserter)))
                .toList();
        closing.forEach(Thread::start);
        for (Thread thread : closing) {
            thread.join();
        }
    }

    private static void close(Batcher<Waiting> inserter) {
        try {
            inserter.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("heartbeats were interrupted while they were stored, the relay will deliver them again");
        }
    }
}
