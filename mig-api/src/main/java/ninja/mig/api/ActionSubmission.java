package ninja.mig.api;

import jakarta.ws.rs.ForbiddenException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ninja.mig.conf.GoDuration;
import ninja.mig.database.ActionSignature;
import ninja.mig.database.Actions;
import ninja.mig.database.AlreadyExistsException;
import ninja.mig.database.Investigators;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.InvalidActionException;
import ninja.mig.model.Investigator;
import ninja.mig.model.RejectedException;
import ninja.mig.model.Times;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.BadSignatureException;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.Signer;
import ninja.mig.target.TargetExpression;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a signed action: checks it, stores it as pending, and tells the scheduler. */
final class ActionSubmission {
    private static final Logger log = LoggerFactory.getLogger(ActionSubmission.class);
    private static final Logger audit = LoggerFactory.getLogger("mig.audit");
    private static final int TRIES = 5;

    private final Actions actions;
    private final Investigators investigators;
    private final KeyringCache keyrings;
    private final Optional<SpoolDrop> spool;
    private final IdGenerator ids;
    private final ApiConf.Limits limits;
    private final Clock clock;

    ActionSubmission(
            Actions actions,
            Investigators investigators,
            KeyringCache keyrings,
            Optional<SpoolDrop> spool,
            IdGenerator ids,
            ApiConf.Limits limits,
            Clock clock) {
        this.actions = actions;
        this.investigators = investigators;
        this.keyrings = keyrings;
        this.spool = spool;
        this.ids = ids;
        this.limits = limits;
        this.clock = clock;
    }

    /** @return the action as it is stored */
    Action submit(String json, Call call) throws RejectedException, SQLException {
        Action submitted = read(json);
        validate(submitted, clock.instant());
        List<ActionSignature> signatures = signatures(submitted);
        Action stored = store(submitted, signatures);
        try (LogContext logged = LogContext.action(stored.id())) {
            log.info("Received new action with valid signature");
            log.info("Action written to database");
            audit.info(
                    "action {} '{}' created, src={} auth=[{}] target={} signers={}",
                    stored.id(),
                    Call.printable(stored.name()),
                    call.client(),
                    call.caller(),
                    Call.printable(stored.target()),
                    signatures.stream().map(ActionSignature::investigatorId).toList());
            spool.ifPresent(s -> s.drop(stored));
        }
        return stored;
    }

    private static Action read(String json) throws MalformedJsonException {
        if (json.isBlank()) {
            throw new MalformedJsonException(
                    "form field 'action' is missing or empty, expected a signed action as JSON");
        }
        return MigJson.read(json, Action.class);
    }

    private void validate(Action action, Instant now) throws RejectedException {
        action.validate(now);
        if (action.operations().size() > limits.maxOperations()) {
            throw new InvalidActionException("Action.Operations has more than " + limits.maxOperations() + " entries.");
        }
        Duration validity = Duration.between(action.validFrom(), action.expireAfter());
        if (!limits.maxValidity().isZero() && validity.compareTo(limits.maxValidity()) > 0) {
            throw new InvalidActionException(
                    "Action is valid for longer than " + GoDuration.format(limits.maxValidity()) + ".");
        }
        TargetExpression.check(action.target());
    }

    /** Every signature with the active investigator who made it, in the order of the action. */
    private List<ActionSignature> signatures(Action action) throws RejectedException, SQLException {
        List<Signer> signers = List.copyOf(verify(action));
        List<ActionSignature> signatures = new ArrayList<>();
        for (int i = 0; i < signers.size(); i++) {
            Signer signer = signers.get(i);
            Investigator investigator = investigators
                    .byFingerprint(signer.fingerprint().hex())
                    .filter(found -> found.status().equals(Investigator.ACTIVE))
                    .orElseThrow(() -> new ForbiddenException(
                            "VerifySignatures() -> signer " + signer.fingerprint() + " is not an active investigator"));
            signatures.add(new ActionSignature(
                    investigator.id(), action.pgpSignatures().get(i)));
        }
        return signatures;
    }

    private Set<Signer> verify(Action action) throws BadSignatureException, SQLException {
        Keyring keyring = keyrings.current();
        try {
            return ActionSignatures.verify(action, keyring, clock.instant());
        } catch (BadSignatureException e) {
            Keyring newer = e.isUnknownSigner() ? keyrings.newest() : keyring;
            if (newer == keyring) {
                throw e;
            }
            return ActionSignatures.verify(action, newer, clock.instant());
        }
    }

    private Action store(Action submitted, List<ActionSignature> signatures)
            throws AlreadyExistsException, SQLException {
        for (int tries = 1; ; tries++) {
            Action action = pending(submitted);
            try {
                actions.insert(action, signatures);
                return action;
            } catch (AlreadyExistsException e) {
                if (tries == TRIES) {
                    throw e;
                }
                log.warn("action id {} is taken, trying another one", action.id());
            }
        }
    }

    /** Whatever a client says about id, state and times is not believed. */
    private Action pending(Action submitted) {
        return new Action(
                ids.next(),
                submitted.name(),
                submitted.target(),
                submitted.description(),
                submitted.threat(),
                submitted.validFrom(),
                submitted.expireAfter(),
                submitted.operations(),
                submitted.pgpSignatures(),
                List.of(),
                ActionStatus.PENDING,
                Times.NOT_STARTED,
                Times.NOT_YET,
                Times.NOT_STARTED,
                ActionCounters.NONE,
                submitted.syntaxVersion());
    }
}
