package ninja.mig.relay;

import ninja.mig.model.QueueLoc;

/** Every name on the relay. The original uses the same; brokers refuse to declare them differently. */
public final class Topology {
    /** The direct exchange of commands, heartbeats and results. A queue's routing key is its name. */
    public static final String EXCHANGE = "mig";

    /** The topic exchange of events. */
    public static final String EVENT_EXCHANGE = "migevent";

    /** The queue of heartbeats, from agents to schedulers. */
    public static final String HEARTBEATS = "mig.agt.heartbeats";

    /** The queue of results, from agents to schedulers. */
    public static final String RESULTS = "mig.agt.results";

    /** Event: a heartbeat was refused by the whitelist. Carries the heartbeat. */
    public static final String AGENT_AUTHENTICATION_FAILURE = "agent.authentication.failure";

    /** Event: an agent came for the first time. Carries its heartbeat. */
    public static final String AGENT_NEW = "agent.new";

    /** Event: the results of a command arrived. Carries the command. */
    public static final String COMMAND_RESULTS = "command.results";

    private Topology() {}

    /** The queue of an agent, and the routing key to it. */
    public static String queue(QueueLoc queueLoc) {
        return queueLoc.queue();
    }

    /** The queue of an event worker, such as {@code compliance_item}. */
    public static String workerQueue(String worker) {
        return "migevent.worker." + worker;
    }
}
