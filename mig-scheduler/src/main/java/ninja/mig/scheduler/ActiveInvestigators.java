package ninja.mig.scheduler;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ninja.mig.database.ActionSignature;
import ninja.mig.database.Investigators;
import ninja.mig.model.Action;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.BadSignatureException;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.Signer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of everybody whose signatures count, at most five minutes old. A signer who is not among them is looked for in
 * the database once more: an investigator may have come since.
 */
final class ActiveInvestigators {
    private static final Logger log = LoggerFactory.getLogger(ActiveInvestigators.class);
    private static final Duration OLDEST = Duration.ofMinutes(5);

    private final Investigators investigators;
    private final Clock clock;
    private Known known = new Known(Keyring.ofKeys(List.of()), Map.of(), Instant.EPOCH);

    private record Known(Keyring keyring, Map<String, MigId> idByFingerprint, Instant readAt) {}

    ActiveInvestigators(Investigators investigators, Clock clock) {
        this.investigators = investigators;
        this.clock = clock;
    }

    /**
     * Names everybody who signed an action.
     *
     * @return one row for each of its signatures
     * @throws BadSignatureException if one of them is not a good one by an active investigator
     */
    synchronized List<ActionSignature> verify(Action action) throws SQLException, BadSignatureException {
        Instant now = clock.instant();
        boolean tooOld = known.readAt().isBefore(now.minus(OLDEST));
        if (tooOld) {
            read(now);
        }
        try {
            return verify(action, now);
        } catch (BadSignatureException e) {
            if (!e.isUnknownSigner() || tooOld) {
                throw e;
            }
            read(now);
            return verify(action, now);
        }
    }

    private List<ActionSignature> verify(Action action, Instant now) throws BadSignatureException {
        Set<Signer> signers = ActionSignatures.verify(action, known.keyring(), now);
        Iterator<String> signatures = action.pgpSignatures().iterator();
        List<ActionSignature> rows = new ArrayList<>();
        for (Signer signer : signers) {
            MigId investigator =
                    known.idByFingerprint().get(signer.fingerprint().hex());
            if (investigator == null) {
                throw new BadSignatureException(
                        BadSignatureException.Kind.UNKNOWN_SIGNER,
                        "no active investigator has the fingerprint " + signer.fingerprint() + " of the signer");
            }
            rows.add(new ActionSignature(investigator, signatures.next()));
        }
        return rows;
    }

    private void read(Instant now) throws SQLException {
        Map<String, String> armored = new LinkedHashMap<>();
        Map<String, MigId> ids = new HashMap<>();
        for (Investigator investigator : investigators.active()) {
            String owner = investigator.name() + " (" + investigator.id() + ")";
            armored.put(owner, new String(investigator.publicKey(), StandardCharsets.UTF_8));
            ids.put(investigator.pgpFingerprint().toUpperCase(java.util.Locale.ROOT), investigator.id());
        }
        Keyring keyring = Keyring.skippingBadKeys(armored, bad -> log.warn("{}: left out", bad.getMessage()));
        known = new Known(keyring, ids, now);
    }
}
