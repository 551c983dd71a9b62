package ninja.mig.workers;

import java.time.Clock;
import java.time.Duration;
import ninja.mig.relay.Relay;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayRefusedException;
import ninja.mig.relay.Topology;
import ninja.mig.runtime.Backoff;
import ninja.mig.runtime.Closer;

/**
 * A worker on the relay.
 *
 * @param name of the worker and, behind {@code migevent.worker.}, of its queue
 * @param eventKey which events it takes
 */
record Worker(String name, String eventKey) {
    static final Worker AGENT_VERIF = new Worker("agent_verif", Topology.AGENT_AUTHENTICATION_FAILURE);
    static final Worker AGENT_INTEL = new Worker("agent_intel", Topology.AGENT_NEW);
    static final Worker COMPLIANCE_ITEM = new Worker("compliance_item", Topology.COMMAND_RESULTS);

    /** Events that the relay hands over before the first of them is acknowledged. */
    private static final int PREFETCH = 50;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /**
     * Begins to take events. A relay that is away, or knows no events yet, is tried again in the background.
     *
     * @param grace what the event at hand is given at the end
     * @throws RelayRefusedException if the relay refuses the user
     */
    void start(RelayConf mq, EventHandler handler, Duration grace, Clock clock, Closer closer)
            throws RelayRefusedException, InterruptedException {
        Relay relay = closer.register(Relay.start(mq, name, clock, c -> c.declareWorker(name, eventKey)));
        Events events = closer.register(new Events(handler, new Backoff(SHORTEST_PAUSE, LONGEST_PAUSE), grace, clock));
        relay.consume(Topology.workerQueue(name), PREFETCH, events);
    }
}
