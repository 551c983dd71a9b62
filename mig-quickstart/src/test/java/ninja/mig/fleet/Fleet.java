package ninja.mig.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.ConnectionFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;

/**
 * Simulated agents, each with its own durable queue. They come back by themselves after the relay was away; a result is
 * published until the relay confirms it, and only then is its command acknowledged; a command id is answered once.
 * All methods may be called by any thread.
 */
public final class Fleet implements AutoCloseable {
    private static final String HEARTBEATS = "mig.agt.heartbeats";
    private static final int CONNECTIONS = 8;
    private static final int CONNECTING_AT_A_TIME = 32;
    private static final Duration TICK = Duration.ofMillis(100);

    /**
     * Who belongs to a fleet.
     *
     * @param name part of every queueloc, so that two fleets on one relay have different agents
     * @param agentsPerConnection 1 is what real agents do; more is cheaper
     */
    public record Shape(String name, int agents, int agentsPerConnection) {
        /** On at most eight connections. */
        public static Shape of(String name, int agents) {
            return new Shape(name, agents, Math.max(1, (agents + CONNECTIONS - 1) / CONNECTIONS));
        }
    }

    private final List<SimulatedAgent> agents;
    private final Map<String, Lane> laneOf = new ConcurrentHashMap<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final Behaviour behaviour;
    private final Clock clock = Clock.systemUTC();
    private final Tally tally = new Tally();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> lastHeartbeats = new ConcurrentHashMap<>();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(CONNECTING_AT_A_TIME);
    private final ExecutorService deliveries = Executors.newFixedThreadPool(4);
    private final ExecutorService acknowledging = Executors.newSingleThreadExecutor();
    private volatile boolean heartbeatOnConnect;

    private Fleet(RelayLogin relay, Shape shape, Behaviour behaviour) {
        Instant started = clock.instant();
        this.behaviour = behaviour;
        this.agents = IntStream.range(0, shape.agents())
                .mapToObj(number -> SimulatedAgent.numbered(shape.name(), number, started))
                .toList();
        ConnectionFactory factory = factory(relay);
        for (int from = 0; from < agents.size(); from += shape.agentsPerConnection()) {
            List<SimulatedAgent> some =
                    agents.subList(from, Math.min(agents.size(), from + shape.agentsPerConnection()));
            Lane lane = new Lane(some, factory, timer, this::take, tally, this::changed);
            lanes.add(lane);
            some.forEach(agent -> laneOf.put(agent.queueLoc(), lane));
        }
    }

    private ConnectionFactory factory(RelayLogin relay) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(relay.host());
        factory.setPort(relay.port());
        factory.setVirtualHost(relay.vhost());
        factory.setUsername(relay.user());
        factory.setPassword(relay.password());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout((int) Duration.ofSeconds(30).toMillis());
        factory.setHandshakeTimeout((int) Duration.ofSeconds(60).toMillis());
        factory.setChannelRpcTimeout((int) Duration.ofSeconds(120).toMillis());
        factory.setSharedExecutor(deliveries);
        factory.setHeartbeatExecutor(timer);
        return factory;
    }

    /** The agents connect in the background, for which the scheduler must have declared the exchange at some time. */
    public static Fleet start(RelayLogin relay, Shape shape, Behaviour behaviour) {
        Fleet fleet = new Fleet(relay, shape, behaviour);
        fleet.lanes.forEach(lane -> fleet.timer.execute(lane::connect));
        return fleet;
    }

    public List<SimulatedAgent> agents() {
        return agents;
    }

    public Counts counts() {
        return tally.counts();
    }

    /** Agents whose queues are consumed at this moment. */
    public int connected() {
        return lanes.stream()
                .filter(Lane::isConnected)
                .mapToInt(lane -> lane.agents().size())
                .sum();
    }

    /** Returns once every agent consumes its queue. */
    public synchronized void awaitConnected(Duration limit) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (connected() < agents.size()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new TimeoutException("only " + connected() + " of " + agents.size() + " agents connected within "
                        + limit.toSeconds() + " s");
            }
            wait(left);
        }
    }

    private void changed(Lane lane) {
        if (heartbeatOnConnect && lane.isConnected()) {
            lane.agents().forEach(this::heartbeat);
        }
        synchronized (this) {
            notifyAll();
        }
    }

    /** From now on each agent begins a connection with a heartbeat, as real ones do. */
    public void heartbeatOnConnect() {
        heartbeatOnConnect = true;
    }

    /** One heartbeat of each agent; returns once the relay has confirmed them all. */
    public void heartbeat() {
        CompletableFuture.allOf(agents.stream().map(this::heartbeat).toArray(CompletableFuture[]::new))
                .join();
    }

    /** One heartbeat of this agent, complete once the relay has confirmed it. */
    public CompletableFuture<Void> heartbeat(SimulatedAgent agent) {
        Instant now = clock.instant();
        lastHeartbeats.put(agent.queueLoc(), now);
        return publish(agent, HEARTBEATS, agent.heartbeat(now)).thenRun(tally.heartbeats::increment);
    }

    /** From now on each agent sends one in each such period; over which they are spread evenly. */
    public void heartbeatEvery(Duration period) {
        long ticks = Math.max(1, period.dividedBy(TICK));
        for (int tick = 0; tick < ticks; tick++) {
            List<SimulatedAgent> due = agents.subList(
                    (int) (agents.size() * (long) tick / ticks), (int) (agents.size() * (tick + 1L) / ticks));
            timer.scheduleAtFixedRate(
                    () -> due.stream().filter(this::isConnected).forEach(this::heartbeat),
                    TICK.toMillis() * tick,
                    TICK.toMillis() * ticks,
                    TimeUnit.MILLISECONDS);
        }
    }

    private boolean isConnected(SimulatedAgent agent) {
        return laneOf.get(agent.queueLoc()).isConnected();
    }

    /** When each agent, by its queueloc, sent its last heartbeat. */
    public Map<String, Instant> lastHeartbeats() {
        return Map.copyOf(lastHeartbeats);
    }

    /** Any message in this agent's name to the queue of heartbeats or results; complete once the relay has confirmed it. */
    public CompletableFuture<Void> publish(SimulatedAgent agent, String queue, byte[] body) {
        Publication publication = new Publication(queue, body);
        laneOf.get(agent.queueLoc()).publish(publication);
        return publication.confirmed();
    }

    private void take(SimulatedAgent agent, byte[] body, boolean redelivered, Runnable ack) {
        try {
            JsonNode command = MigJson.tree(body);
            if (!agent.queueLoc().equals(command.path("agent").path("queueloc").asText())) {
                tally.misdirected.increment();
            }
            if (!known.add(agent.queueLoc() + " " + command.path("id").asText())) {
                (redelivered ? tally.redeliveries : tally.duplicates).increment();
                ack.run();
                return;
            }
            tally.commands.increment();
            CompletableFuture.allOf(behaviour.answer(agent, command).stream()
                            .map(result -> send(agent, result))
                            .toArray(CompletableFuture[]::new))
                    .thenRunAsync(ack, acknowledging);
        } catch (MalformedJsonException e) {
            tally.malformed.increment();
            ack.run();
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private CompletableFuture<Void> send(SimulatedAgent agent, Result result) {
        Executor when = result.after().isZero()
                ? Runnable::run
                : CompletableFuture.delayedExecutor(result.after().toMillis(), TimeUnit.MILLISECONDS, timer);
        return CompletableFuture.supplyAsync(() -> publish(agent, result.queue(), result.body()), when)
                .thenCompose(confirmed -> confirmed)
                .thenRun(tally.results::increment);
    }

    /** @throws RuntimeException what a behaviour threw, if it did */
    @Override
    public void close() {
        timer.shutdownNow();
        lanes.parallelStream().forEach(Lane::close);
        deliveries.shutdownNow();
        acknowledging.shutdown();
        if (failure.get() != null) {
            throw failure.get();
        }
    }
}
