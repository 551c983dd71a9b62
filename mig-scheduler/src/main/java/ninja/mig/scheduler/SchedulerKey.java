package ninja.mig.scheduler;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import ninja.mig.database.Investigators;
import ninja.mig.database.SchedulerIdentity;
import ninja.mig.model.Investigator;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.PublicKey;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.pgp.SigningException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The key that all schedulers of a platform share, kept in the database, to sign the orders that end agents. */
final class SchedulerKey {
    private static final Logger log = LoggerFactory.getLogger(SchedulerKey.class);
    private static final char[] NO_PASSPHRASE = {};
    private static final String USER_ID =
            Investigator.SCHEDULER + " (MIG Scheduler action signing key) <scheduler@mig>";

    private final ActionSigner signer;
    private final String armoredPublic;

    private SchedulerKey(ActionSigner signer, String armoredPublic) {
        this.signer = signer;
        this.armoredPublic = armoredPublic;
    }

    /**
     * Loads it; made if there is none, by one scheduler of all that start at once.
     *
     * @throws BadKeyException if the parts in the database do not belong together, or cannot sign
     */
    static SchedulerKey load(Investigators investigators, Clock clock) throws SQLException, BadKeyException {
        SchedulerIdentity identity = investigators.scheduler(() -> generate(clock), clock.instant());
        Investigator row = identity.investigator();
        SchedulerKey key = check(identity, clock);
        if (identity.isNew()) {
            log.info(
                    "created {} identity with ID {} and key ID {}",
                    Investigator.SCHEDULER,
                    row.id(),
                    key.signer.fingerprint());
        }
        log.info("Loaded scheduler investigator with key id {}", key.signer.fingerprint());
        return key;
    }

    private static SchedulerIdentity.NewKey generate(Clock clock) {
        log.info("no key found in database. generating a private key for user {}", Investigator.SCHEDULER);
        SecretKeyring secret = SecretKeyring.generate(USER_ID, clock);
        try {
            return new SchedulerIdentity.NewKey(
                    secret.fingerprints().get(0).hex(),
                    secret.armoredPublic().getBytes(StandardCharsets.US_ASCII),
                    secret.armoredSecret().getBytes(StandardCharsets.US_ASCII));
        } catch (BadKeyException e) {
            throw new IllegalStateException("the key that was just made cannot be used", e);
        }
    }

    private static SchedulerKey check(SchedulerIdentity identity, Clock clock) throws BadKeyException {
        Investigator row = identity.investigator();
        try {
            Fingerprint fingerprint = Fingerprint.parse(row.pgpFingerprint());
            PublicKey published = PublicKey.parse(new String(row.publicKey(), StandardCharsets.UTF_8));
            SecretKeyring secret = SecretKeyring.load(identity.privateKey(), clock);
            if (!published.fingerprint().equals(fingerprint)
                    || !secret.fingerprints().contains(fingerprint)) {
                throw new BadKeyException("fingerprint, public key and private key are not of one key");
            }
            return new SchedulerKey(secret.signer(fingerprint, NO_PASSPHRASE), published.armored());
        } catch (BadKeyException | SigningException | IllegalArgumentException e) {
            throw new BadKeyException(
                    "the key of investigator '" + row.name() + "' (" + row.id() + ") cannot be used: " + e.getMessage(),
                    e);
        }
    }

    ActionSigner signer() {
        return signer;
    }

    String armoredPublic() {
        return armoredPublic;
    }

    /** What agents need in their access list to obey the scheduler. */
    String acl() {
        return """
                {
                    "agentdestroy": {
                        "minimumweight": 1,
                        "investigators": {
                            "MIG Scheduler": {
                                "fingerprint": "%s",
                                "weight": 1
                            }
                        }
                    }
                }
                """.formatted(signer.fingerprint());
    }
}
