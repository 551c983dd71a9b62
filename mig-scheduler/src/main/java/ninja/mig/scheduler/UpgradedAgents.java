package ninja.mig.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import ninja.mig.database.Agents;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.ModuleResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Marks agents that have installed and started their successors, as the results of module {@code upgrade} tell. */
final class UpgradedAgents {
    private static final Logger log = LoggerFactory.getLogger(UpgradedAgents.class);
    private static final String MODULE = "upgrade";
    private static final int SMALLEST_PID = 2;
    private static final int LARGEST_PID = 4_194_304;
    private static final int MOST_WAITING = 10_000;

    private final Agents agents;
    private final Set<OldAgent> waiting = new LinkedHashSet<>();

    private record OldAgent(String queueLoc, int pid) {}

    UpgradedAgents(Agents agents) {
        this.agents = agents;
    }

    /** @param finished commands whose results are in the database */
    synchronized void follow(Collection<Command> finished) throws SQLException {
        finished.stream().filter(c -> c.status() == CommandStatus.SUCCESS).forEach(this::collect);
        mark();
    }

    private void collect(Command command) {
        int answered =
                Math.min(command.action().operations().size(), command.results().size());
        for (int i = 0; i < answered; i++) {
            if (command.action().operations().get(i).module().equals(MODULE)) {
                collect(command, command.results().get(i));
            }
        }
    }

    private void collect(Command command, ModuleResult result) {
        JsonNode pid = result.elements().path("oldpid");
        String queueLoc = command.agent().queueLoc();
        if (!result.success()) {
            log.debug("the upgrade of '{}' did not succeed", queueLoc);
        } else if (!pid.isIntegralNumber()
                || pid.bigIntegerValue().bitLength() >= Integer.SIZE
                || pid.intValue() < SMALLEST_PID
                || pid.intValue() > LARGEST_PID) {
            log.warn("the result of an upgrade on '{}' does not name the process that it replaces", queueLoc);
        } else if (waiting.size() < MOST_WAITING) {
            waiting.add(new OldAgent(queueLoc, pid.intValue()));
        } else {
            log.warn("the upgrade of '{}' is forgotten, too many others wait for the database", queueLoc);
        }
    }

    /** Marks what has come; if the database fails, the rest waits for the next call. */
    synchronized void mark() throws SQLException {
        for (Iterator<OldAgent> all = waiting.iterator(); all.hasNext(); all.remove()) {
            OldAgent old = all.next();
            if (agents.markUpgraded(old.queueLoc(), old.pid())) {
                log.info("the agent with PID '{}' on '{}' is upgraded", old.pid(), old.queueLoc());
            } else {
                log.info("no agent with PID '{}' is online on '{}', nothing is upgraded", old.pid(), old.queueLoc());
            }
        }
    }
}
