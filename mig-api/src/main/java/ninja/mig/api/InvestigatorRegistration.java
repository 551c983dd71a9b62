package ninja.mig.api;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import ninja.mig.database.Investigators;
import ninja.mig.model.Investigator;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.PublicKey;

/** Makes somebody an investigator, if the key can be used to sign. */
final class InvestigatorRegistration {
    private static final int SHORTEST_NAME = 3;
    private static final int LONGEST_NAME = 1024;

    private final Investigators investigators;
    private final Clock clock;

    InvestigatorRegistration(Investigators investigators, Clock clock) {
        this.investigators = investigators;
        this.clock = clock;
    }

    /** @param armored exactly one public key; only what the key itself certifies is stored */
    Investigator register(String name, String armored) throws RejectedException, SQLException {
        checkName(name);
        if (armored.isBlank()) {
            throw new RejectedException("Investigator Public Key must not be empty");
        }
        PublicKey key = usable(armored);
        return investigators.insert(
                name, key.fingerprint().hex(), key.armored().getBytes(StandardCharsets.UTF_8), clock.instant());
    }

    private PublicKey usable(String armored) throws RejectedException {
        try {
            PublicKey key = PublicKey.parse(armored);
            key.requireUsable(clock.instant());
            return key;
        } catch (BadKeyException e) {
            throw new RejectedException("LoadArmoredPubKey() -> " + e.getMessage(), e);
        }
    }

    private static void checkName(String name) throws RejectedException {
        if (name.isEmpty()) {
            throw new RejectedException("Investigator name must not be empty");
        }
        int length = name.codePointCount(0, name.length());
        if (length < SHORTEST_NAME || length > LONGEST_NAME || !name.equals(Call.printable(name))) {
            throw new RejectedException("Investigator name must have from " + SHORTEST_NAME + " to " + LONGEST_NAME
                    + " characters and no control characters");
        }
        if (name.strip().equalsIgnoreCase(Investigator.SCHEDULER)) {
            throw new RejectedException("Investigator name '" + Investigator.SCHEDULER + "' is reserved");
        }
    }
}
