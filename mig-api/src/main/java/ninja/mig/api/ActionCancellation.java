package ninja.mig.api;

import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotFoundException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import ninja.mig.database.Actions;
import ninja.mig.database.Investigators;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cancels an action for one of its signers, or for an administrator. The schedulers do the rest. */
final class ActionCancellation {
    private static final Logger log = LoggerFactory.getLogger(ActionCancellation.class);
    private static final Logger audit = LoggerFactory.getLogger("mig.audit");

    private final Actions actions;
    private final Investigators investigators;
    private final Clock clock;

    ActionCancellation(Actions actions, Investigators investigators, Clock clock) {
        this.actions = actions;
        this.investigators = investigators;
        this.clock = clock;
    }

    /**
     * From now on no command of it is created.
     *
     * @return the action as it is now, with counters and signers
     */
    Action cancel(MigId id, Call call) throws SQLException {
        Action action = complete(id);
        try (LogContext logged = LogContext.action(id)) {
            String entitled = entitlement(action, call);
            if (!actions.cancel(id, clock.instant())) {
                throw new ClientErrorException(refusal(complete(id)), 409);
            }
            log.info("Action cancelled");
            audit.info(
                    "action {} '{}' cancelled, src={} auth=[{}] as={}",
                    id,
                    Call.printable(action.name()),
                    call.client(),
                    call.caller(),
                    entitled);
        }
        return complete(id);
    }

    private Action complete(MigId id) throws SQLException {
        Action action = actions.byId(id).orElseThrow(() -> new NotFoundException("Action ID '" + id + "' not found"));
        return actions.complete(List.of(action)).get(0);
    }

    /** As what the caller may cancel it. */
    private String entitlement(Action action, Call call) throws SQLException {
        Caller caller = call.caller();
        if (caller.equals(Caller.ANYBODY)) {
            return "anybody";
        }
        if (action.investigators().stream().map(Investigator::id).anyMatch(id -> id.value() == caller.id())) {
            return "signer";
        }
        if (investigators.isAdministrator(new MigId(caller.id()))) {
            return "administrator";
        }
        audit.warn(
                "action {} '{}' not cancelled, src={} auth=[{}]: neither a signer nor an administrator",
                action.id(),
                Call.printable(action.name()),
                call.client(),
                caller);
        throw new ForbiddenException(
                "Action ID '" + action.id() + "' can be cancelled by its signers and by administrators only");
    }

    private static String refusal(Action action) {
        String state = action.status() == null ? "it has no status" : "it is " + action.status() + " already";
        return "Action ID '" + action.id() + "' cannot be cancelled: " + state;
    }
}
