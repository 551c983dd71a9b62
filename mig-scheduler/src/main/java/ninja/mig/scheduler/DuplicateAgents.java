package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import ninja.mig.database.Agents;
import ninja.mig.log.LogContext;
import ninja.mig.log.LogThrottle;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentStatus;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.SigningException;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at endpoints on which more than one agent is heard. Those that another one has replaced, and those that did not
 * end when they were told, are told to end; of the others the one that started first, if {@code killdupagents} says so.
 * The row of an agent becomes {@code destroyed} before it is told, so that of several schedulers only one tells it. An
 * order that is lost in between comes again after a while.
 */
final class DuplicateAgents {
    private static final Logger log = LoggerFactory.getLogger(DuplicateAgents.class);
    private static final Duration LOOK_ANYWAY = Duration.ofMinutes(5);
    private static final int MOST_WAITING = 10_000;
    private static final int MOST_ORDERS_PER_MINUTE = 10;
    private static final int HEARTBEATS_TO_END = 3;
    private static final String CHECKIN = "checkin";

    private final boolean detect;
    private final boolean kill;
    private final Duration heartbeatFreq;
    private final Agents agents;
    private final KillOrders orders;
    private final Clock clock;
    private final LogThrottle manual;
    private final LogThrottle problems;
    private final Set<String> waiting = new LinkedHashSet<>();
    private volatile Runnable wake = () -> {};

    DuplicateAgents(Agents agents, KillOrders orders, SchedulerConf conf, Clock clock) {
        this.detect = conf.detectMultiAgents();
        this.kill = conf.killDupAgents();
        this.heartbeatFreq = conf.heartbeatFreq();
        this.agents = agents;
        this.orders = orders;
        this.clock = clock;
        this.manual = new LogThrottle(heartbeatFreq, clock);
        this.problems = new LogThrottle(Duration.ofMinutes(1), clock);
    }

    /** Begins to look, if it is configured. */
    void start(Routines routines) {
        if (detect) {
            wake = routines.every(LOOK_ANYWAY, "duplicates", this::run)::wake;
        }
    }

    /** Looks at one endpoint soon. Returns at once; an endpoint too many is forgotten, and comes with the periodic run. */
    void look(String queueLoc) {
        if (detect && add(queueLoc)) {
            wake.run();
        }
    }

    private synchronized boolean add(String queueLoc) {
        return waiting.size() < MOST_WAITING && waiting.add(queueLoc);
    }

    /** Looks at every endpoint with several agents soon. */
    void lookAtAll() throws SQLException {
        if (detect) {
            agents.duplicated(clock.instant().minus(heartbeatFreq)).forEach(this::look);
        }
    }

    void run() throws SQLException, IOException {
        for (String queueLoc : takeWaiting()) {
            examine(queueLoc);
        }
    }

    /** In any order, so that the limit does not always keep out the same ones. */
    private synchronized List<String> takeWaiting() {
        List<String> taken = new ArrayList<>(waiting);
        waiting.clear();
        Collections.shuffle(taken);
        return taken;
    }

    private void examine(String queueLoc) throws SQLException, IOException {
        Instant now = clock.instant();
        List<Agent> heard = agents.onQueue(queueLoc, now.minus(heartbeatFreq));
        // Orders go to agents that actions can reach, of whom one must be there.
        if (heard.size() < 2 || heard.stream().noneMatch(DuplicateAgents::isLive)) {
            return;
        }
        for (Agent agent : heard) {
            if (shouldHaveEnded(agent, now)) {
                end(agent, now);
            }
        }
        List<Agent> others = heard.stream()
                .filter(DuplicateAgents::isLive)
                .filter(a -> !a.mode().equals(CHECKIN))
                .toList();
        if (others.size() > 1) {
            reduce(queueLoc, others, now);
        }
    }

    private static boolean isLive(Agent agent) {
        return agent.status() == AgentStatus.ONLINE || agent.status() == AgentStatus.IDLE;
    }

    private boolean shouldHaveEnded(Agent agent, Instant now) {
        return agent.status() == AgentStatus.UPGRADED
                || agent.status() == AgentStatus.DESTROYED
                        && agent.destructionTime().isBefore(toldBefore(now));
    }

    private Instant toldBefore(Instant now) {
        return now.minus(heartbeatFreq.multipliedBy(HEARTBEATS_TO_END));
    }

    private void reduce(String queueLoc, List<Agent> others, Instant now) throws SQLException, IOException {
        List<Agent> online =
                others.stream().filter(a -> a.status() == AgentStatus.ONLINE).toList();
        if (kill && online.size() > 1) {
            end(online.get(0), now);
        } else if (manual.next(queueLoc).isPresent()) {
            log.warn("found '{}' agents running on '{}'. Require manual inspection.", others.size(), queueLoc);
        }
    }

    private void end(Agent agent, Instant now) throws SQLException, IOException {
        if (agents.destroyedInTheLastMinute(now) >= MOST_ORDERS_PER_MINUTE) {
            problem("limit", "{} agents were told to end within a minute, others wait", MOST_ORDERS_PER_MINUTE);
            return;
        }
        try {
            Action order = orders.write(agent);
            if (agents.markDestroyed(agent, toldBefore(now), MOST_ORDERS_PER_MINUTE, now)) {
                issue(order, agent);
            }
        } catch (SigningException | RejectedException e) {
            problem("order", "agent '{}' cannot be told to end: {}", agent.name(), e.getMessage());
        }
    }

    private void issue(Action order, Agent agent) throws IOException {
        try (LogContext context = LogContext.action(order.id())) {
            orders.issue(order);
            log.warn("issued kill action for agent '{}' with PID '{}'", agent.name(), agent.pid());
        }
    }

    private void problem(String kind, String text, Object... values) {
        if (problems.next(kind).isPresent()) {
            log.warn(text, values);
        }
    }
}
