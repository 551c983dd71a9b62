package ninja.mig.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import ninja.mig.pgp.Fingerprint;

/**
 * The tokens that opened this API, for as long as they are good: a second use is seen. Only what an investigator has signed
 * gets here. The memory is this process's own, and ends with it.
 */
final class UsedTokens {
    private final Duration life;
    private final Clock clock;

    /** In the order of first use, which is the order of forgetting. */
    private final Map<String, Instant> forgetAfter = new LinkedHashMap<>();

    /** @param window how far the time in a token may be from now, each way */
    UsedTokens(Duration window, Clock clock) {
        this.life = window.multipliedBy(2);
        this.clock = clock;
    }

    /**
     * Remembers a token.
     *
     * @param signer whose signature on it was verified
     * @return whether it was not used before: another signature over the same time and nonce is the same token
     */
    synchronized boolean use(Fingerprint signer, String token) {
        Instant now = clock.instant();
        Iterator<Instant> oldest = forgetAfter.values().iterator();
        while (oldest.hasNext() && oldest.next().isBefore(now)) {
            oldest.remove();
        }
        String signed = token.substring(0, token.lastIndexOf(';'));
        return forgetAfter.putIfAbsent(signer + ";" + signed, now.plus(life)) == null;
    }
}
