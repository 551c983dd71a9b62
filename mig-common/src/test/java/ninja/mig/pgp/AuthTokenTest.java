package ninja.mig.pgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import ninja.mig.pgp.BadTokenException.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuthTokenTest {
    private static final Instant NOW = Vectors.clock();
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Clock CLOCK = Clock.fixed(NOW.plusMillis(123), ZoneOffset.UTC);

    private ActionSigner signer;
    private Keyring keyring;

    @BeforeEach
    void makeAKey() throws Exception {
        SecretKeyring ring = SecretKeyring.generateEd25519("Iris Vega <iris@example.net>", CLOCK);
        signer = ring.signer(ring.onlyFingerprint(), new char[0]);
        keyring = Keyring.of(List.of(signer.publicKey()));
    }

    private void refuses(Kind kind, String publicReason, String token, Instant now) {
        BadTokenException e =
                assertThrows(BadTokenException.class, () -> AuthToken.verify(token, keyring, WINDOW, now), token);
        assertEquals(kind, e.kind(), e.getMessage());
        assertEquals(publicReason, e.publicReason());
    }

    private void refusesForm(String token) {
        refuses(Kind.FORMAT, "invalid token format", token, NOW);
    }

    @Test
    void namesWhoMadeIt() throws Exception {
        String token = AuthToken.create(signer, CLOCK, 1825922807490630059L);

        assertTrue(token.startsWith("1;2026-01-01T00:00:00Z;1825922807490630059;"), token);
        assertEquals(
                signer.fingerprint(),
                AuthToken.verify(token, keyring, WINDOW, NOW).fingerprint());
    }

    @Test
    void isGoodWithinTheWindowEachWay() throws Exception {
        String token = AuthToken.create(signer, CLOCK, 1);
        String late = "token timestamp is not within acceptable time limits";

        AuthToken.verify(token, keyring, WINDOW, NOW.plus(WINDOW));
        AuthToken.verify(token, keyring, WINDOW, NOW.minus(WINDOW));
        refuses(Kind.CLOCK, late, token, NOW.plus(WINDOW).plusMillis(1));
        refuses(Kind.CLOCK, late, token, NOW.minus(WINDOW).minusMillis(1));
    }

    @Test
    void refusesAnotherForm() throws Exception {
        String token = AuthToken.create(signer, CLOCK, 1);
        String signature = token.substring(token.lastIndexOf(';') + 1);

        refusesForm("");
        refusesForm(";");
        refusesForm(token + ";");
        refusesForm("1;2026-01-01T00:00:00Z;1");
        refusesForm("1;2026-01-01T00:00:00Z;;" + signature);
        refusesForm("1;2026-01-01T00:00:00Z;-1;" + signature);
        refusesForm("1;2026-01-01T00:00:00Z;" + "1".repeat(21) + ";" + signature);
        refusesForm("1;2026-01-01T00:00:00.0Z;1;" + signature);
        refusesForm("1;2026-01-01T00:00:00+00:00;1;" + signature);
        refusesForm("1;2026-01-01 00:00:00Z;1;" + signature);
        refusesForm("1;2026-02-30T00:00:00Z;1;" + signature);
        refusesForm("1;2026-01-01T00:00:00Z;1;" + "A".repeat(AuthToken.LONGEST));
    }

    @Test
    void refusesAnotherVersion() throws Exception {
        String token = AuthToken.create(signer, CLOCK, 1);
        String text = "invalid token version, must be 1";

        refuses(Kind.VERSION, text, "2" + token.substring(1), NOW);
        refuses(Kind.VERSION, text, "01" + token.substring(1), NOW);
        refuses(Kind.VERSION, text, token.substring(1), NOW);
    }

    @Test
    void saysTheSameOfEveryFailureOfIdentityButLogsWhich() throws Exception {
        String text = "token verification failed";
        String token = AuthToken.create(signer, CLOCK, 1);
        refuses(Kind.SIGNATURE, text, token.replace(";1;", ";2;"), NOW);
        refuses(Kind.SIGNATURE, text, token.substring(0, token.length() - 1), NOW);
        refuses(Kind.SIGNATURE, text, token.substring(0, token.lastIndexOf(';') + 1), NOW);

        BadTokenException e =
                assertThrows(BadTokenException.class, () -> AuthToken.verify(token, Keyring.empty(), WINDOW, NOW));

        assertEquals(text, e.publicReason());
        assertTrue(e.getMessage().contains("unknown key"), e.getMessage());
    }

    @Test
    void isNotMadeWithoutAPositiveNonce() {
        assertThrows(IllegalArgumentException.class, () -> AuthToken.create(signer, CLOCK, 0));
    }
}
