package ninja.mig.api;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import ninja.mig.database.Investigators;
import ninja.mig.model.Investigator;
import ninja.mig.pgp.Keyring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of all active investigators. They only name a signer: whether that investigator is still active is asked
 * of the database each time.
 */
final class KeyringCache {
    private static final Logger log = LoggerFactory.getLogger(KeyringCache.class);
    private static final Duration LIFETIME = Duration.ofMinutes(1);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final Investigators investigators;
    private final Clock clock;
    private Keyring keyring = Keyring.ofKeys(java.util.List.of());
    private Instant read = Instant.MIN;

    KeyringCache(Investigators investigators, Clock clock) {
        this.investigators = investigators;
        this.clock = clock;
    }

    /** At most a minute old. */
    synchronized Keyring current() throws SQLException {
        return notOlderThan(LIFETIME);
    }

    /** For who has missed a key: at most a second old. The same object as before if it was not read again. */
    synchronized Keyring newest() throws SQLException {
        return notOlderThan(SHORTEST);
    }

    /** Somebody was registered or enabled here and may be asked for at once. */
    synchronized void forget() {
        read = Instant.MIN;
    }

    private Keyring notOlderThan(Duration age) throws SQLException {
        Instant now = clock.instant();
        if (read.isBefore(now.minus(age))) {
            keyring = load();
            read = now;
        }
        return keyring;
    }

    private Keyring load() throws SQLException {
        Map<String, String> keys = new LinkedHashMap<>();
        for (Investigator investigator : investigators.active()) {
            keys.put(
                    investigator.name() + " (" + investigator.id() + ")",
                    new String(investigator.publicKey(), StandardCharsets.UTF_8));
        }
        return Keyring.skippingBadKeys(keys, e -> log.warn("{}", e.getMessage()));
    }
}
