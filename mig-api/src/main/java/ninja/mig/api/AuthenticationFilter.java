package ninja.mig.api;

import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.database.Investigators;
import ninja.mig.model.Investigator;
import ninja.mig.model.Times;
import ninja.mig.pgp.AuthToken;
import ninja.mig.pgp.BadSignatureException;
import ninja.mig.pgp.BadTokenException;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.Signer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the token of a request into an active investigator, or refuses the request. */
final class AuthenticationFilter implements ContainerRequestFilter {
    static final String HEADER = "X-PGPAUTHORIZATION";

    private static final Logger audit = LoggerFactory.getLogger("mig.audit");
    private static final String CHALLENGE = "PGP realm=\"mig\"";

    private final KeyringCache keyrings;
    private final Investigators investigators;
    private final AuthFailures failures;
    private final UsedTokens used;
    private final boolean once;
    private final Duration window;
    private final Clock clock;

    /** @param once whether a token that was used before is refused */
    AuthenticationFilter(
            KeyringCache keyrings,
            Investigators investigators,
            AuthFailures failures,
            UsedTokens used,
            boolean once,
            Duration window,
            Clock clock) {
        this.keyrings = keyrings;
        this.investigators = investigators;
        this.failures = failures;
        this.used = used;
        this.once = once;
        this.window = window;
        this.clock = clock;
    }

    @Override
    public void filter(ContainerRequestContext context) throws IOException {
        Call call = (Call) context.getProperty(Call.ATTRIBUTE);
        String token = context.getHeaderString(HEADER);
        if (token == null || token.isEmpty()) {
            call.madeBy(Caller.WITHOUT_TOKEN);
            throw new NotAuthorizedException(HEADER + " header not found", CHALLENGE);
        }
        call.madeBy(Caller.REFUSED);
        failures.check(call.client());
        try {
            call.madeBy(identify(token));
        } catch (BadTokenException e) {
            if (e.kind() != BadTokenException.Kind.USED) { // nobody guesses by repeating what was right
                failures.count(call.client());
            }
            audit.warn("authentication failed, src={}: {}", call.client(), Call.printable(e.getMessage()));
            throw new NotAuthorizedException(refusal(e), CHALLENGE);
        } catch (SQLException e) {
            throw new IOException("cannot check a token", e);
        }
    }

    private Caller identify(String token) throws BadTokenException, SQLException {
        Signer signer = verify(token);
        Optional<Investigator> found =
                investigators.byFingerprint(signer.fingerprint().hex());
        Investigator investigator = found.filter(i -> i.status().equals(Investigator.ACTIVE))
                .filter(i -> !i.name().equals(Investigator.SCHEDULER))
                .orElseThrow(() -> new BadTokenException(
                        BadTokenException.Kind.SIGNATURE,
                        "key " + signer.fingerprint() + " belongs to no active investigator"));
        if (!used.use(signer.fingerprint(), token) && once) {
            throw new BadTokenException(BadTokenException.Kind.USED, "it was used before");
        }
        return new Caller(investigator.name(), investigator.id().value());
    }

    private Signer verify(String token) throws BadTokenException, SQLException {
        Keyring keyring = keyrings.current();
        try {
            return AuthToken.verify(token, keyring, window, clock.instant());
        } catch (BadTokenException e) {
            Keyring newer = isUnknownSigner(e) ? keyrings.newest() : keyring;
            if (newer == keyring) {
                throw e;
            }
            return AuthToken.verify(token, newer, window, clock.instant());
        }
    }

    private static boolean isUnknownSigner(BadTokenException e) {
        return e.getCause() instanceof BadSignatureException cause && cause.isUnknownSigner();
    }

    private String refusal(BadTokenException e) {
        String hint = e.kind() == BadTokenException.Kind.CLOCK
                ? ", the server's time is "
                        + Times.format(clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
                : "";
        return "Authorization verification failed with error 'verifySignedToken() -> " + e.publicReason() + hint + "'";
    }
}
