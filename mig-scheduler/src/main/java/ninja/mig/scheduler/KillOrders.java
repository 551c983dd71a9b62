package ninja.mig.scheduler;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.Operation;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.SigningException;
import ninja.mig.target.TargetExpression;

/**
 * Actions that end an agent, signed with the scheduler's key. They are dropped into action/new and take the way of every
 * dropped action from there, verification of the signature included.
 */
final class KillOrders {
    private static final String MODULE = "agentdestroy";
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(60);
    private static final Duration VALID = Duration.ofMinutes(30);

    private final Optional<SchedulerKey> key;
    private final ActiveInvestigators investigators;
    private final ActionFiles files;
    private final IdGenerator ids;
    private final Clock clock;

    KillOrders(
            Optional<SchedulerKey> key, ActiveInvestigators investigators, Spool spool, IdGenerator ids, Clock clock) {
        this.key = key;
        this.investigators = investigators;
        this.files = new ActionFiles(spool);
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * The order for one agent, to whoever reads its queue.
     *
     * @throws SigningException if there is no key, or it cannot sign
     * @throws RejectedException if nobody would accept the order: the scheduler's investigator is not active, for example
     */
    Action write(Agent agent) throws SigningException, RejectedException, SQLException {
        SchedulerKey signingKey =
                key.orElseThrow(() -> new SigningException("the key of the scheduler cannot be read"));
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Action draft = Action.draft(
                        "Kill agent " + printable(agent.name()),
                        target(agent.queueLoc()),
                        now.minus(CLOCKS_DIFFER),
                        now.plus(VALID),
                        List.of(new Operation(MODULE, parameters(agent))))
                .withId(ids.next());
        TargetExpression.check(draft.target());
        Action order = ActionSignatures.sign(draft, signingKey.signer());
        investigators.verify(order);
        return order;
    }

    /** An agent chooses its name: it must not choose one that makes the order invalid. */
    private static String printable(String name) {
        return name.replaceAll("[\\p{Cntrl};]", "?");
    }

    static String target(String queueLoc) {
        return "queueloc='" + queueLoc.replace("'", "''") + "'";
    }

    private static ObjectNode parameters(Agent agent) {
        return JsonNodeFactory.instance.objectNode().put("pid", agent.pid()).put("version", agent.version());
    }

    void issue(Action order) throws IOException {
        files.drop(order);
    }
}
