package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import ninja.mig.pgp.Fingerprint;
import org.junit.jupiter.api.Test;

class UsedTokensTest {
    private static final Fingerprint ADA = Fingerprint.parse("F9C9B31E01A75FB363B555818E5AC1FC1EF0380E");
    private static final Fingerprint BOB = Fingerprint.parse("BE5B6A263CCE66AA813FB7C3FF3089F868858AE6");
    private static final String TOKEN = "1;2015-08-01T12:00:00Z;42;";

    private Instant now = Instant.parse("2015-08-01T12:00:00Z");
    private final UsedTokens tokens = new UsedTokens(Duration.ofMinutes(10), new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    });

    @Test
    void knowsATokenAgain() {
        assertTrue(tokens.use(ADA, TOKEN + "abc"));
        assertFalse(tokens.use(ADA, TOKEN + "abc"));
        assertFalse(tokens.use(ADA, TOKEN + "another signature"));
    }

    @Test
    void tellsTokensApart() {
        assertTrue(tokens.use(ADA, TOKEN + "abc"));
        assertTrue(tokens.use(BOB, TOKEN + "abc"));
        assertTrue(tokens.use(ADA, "1;2015-08-01T12:00:00Z;43;abc"));
        assertTrue(tokens.use(ADA, "1;2015-08-01T12:00:01Z;42;abc"));
    }

    @Test
    void remembersATokenForAsLongAsItIsGood() {
        assertTrue(tokens.use(ADA, TOKEN + "abc"));
        now = now.plus(Duration.ofMinutes(20));
        assertFalse(tokens.use(ADA, TOKEN + "abc"), "if its time was ten minutes ahead");
        now = now.plusSeconds(1);
        assertTrue(tokens.use(ADA, TOKEN + "abc"), "it is too old to open anything");
    }
}
