package ninja.mig.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import ninja.mig.acl.Acl;
import ninja.mig.model.Action;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.Signer;

/**
 * Decides whether an action may run on this endpoint, by the keys and the ACL that are built into the agent and by the
 * endpoint's clock. Relay, scheduler and database have no say in it.
 */
final class ActionAuthorization {
    private final Keyring keyring;
    private final Acl acl;
    private final Duration grace;

    /** @param grace how much too early an action may come; there is none for one that comes too late */
    ActionAuthorization(Keyring keyring, Acl acl, Duration grace) {
        this.keyring = keyring;
        this.acl = acl;
        this.grace = grace;
    }

    /**
     * Checks form, dates, every signature, and for every operation the weight of the signers.
     *
     * @return who signed
     * @throws RejectedException names the first rule that is broken; then nothing of the action may run
     */
    Set<Signer> authorize(Action action, Instant now) throws RejectedException {
        action.validate(now);
        action.checkStarted(now.plus(grace));
        if (keyring.isEmpty()) {
            throw new RejectedException("no public key is built into this agent: it refuses every action");
        }
        return acl.check(action, ActionSignatures.verify(action, keyring, now));
    }
}
