package ninja.mig.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.AuthToken;
import ninja.mig.pgp.SigningException;

/**
 * The token that goes with every request: signed once, then used for a few minutes or until the API refuses it. An API that
 * refuses a token which it took before may take each only once: from then on every request gets its own.
 */
public final class Tokens {
    private static final Duration LIFE = Duration.ofMinutes(4);

    private final ActionSigner signer;
    private final Clock clock;
    private final RandomGenerator random;
    private String token = "";
    private Instant madeAt = Instant.EPOCH;
    private int uses;
    private boolean lasting = true;

    public Tokens(ActionSigner signer, Clock clock, RandomGenerator random) {
        this.signer = signer;
        this.clock = clock;
        this.random = random;
    }

    /** A token that is good now. */
    public synchronized String current() throws SigningException {
        if (!lasting || madeAt.plus(LIFE).isBefore(clock.instant())) {
            madeAt = clock.instant();
            uses = 0;
            token = single();
        }
        uses++;
        return token;
    }

    /** A token for one request, which no other will carry. */
    synchronized String single() throws SigningException {
        return AuthToken.create(signer, clock, random.nextLong(1, Long.MAX_VALUE));
    }

    /** Forgets a token that was refused. */
    synchronized void refused(String used) {
        if (used.equals(token)) {
            lasting &= uses == 1;
            madeAt = Instant.EPOCH;
        }
    }
}
