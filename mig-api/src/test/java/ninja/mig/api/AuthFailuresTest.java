package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.ws.rs.ClientErrorException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class AuthFailuresTest {
    private Instant now = Instant.parse("2015-08-01T12:00:10Z");

    private final Clock clock = new Clock() {
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
            throw new UnsupportedOperationException("UTC only");
        }
    };
    private final AuthFailures failures = new AuthFailures(2, clock);

    private void fail(String client, int times) {
        for (int i = 0; i < times; i++) {
            failures.check(client);
            failures.count(client);
        }
    }

    @Test
    void sendsAClientAwayUntilTheMinuteIsOver() {
        fail("198.51.100.7", 2);

        ClientErrorException refusal = assertThrows(ClientErrorException.class, () -> failures.check("198.51.100.7"));
        assertEquals(429, refusal.getResponse().getStatus());
        assertEquals("50", refusal.getResponse().getHeaderString("Retry-After"));
        assertDoesNotThrow(() -> failures.check("198.51.100.8"));

        now = now.plusSeconds(50);
        assertDoesNotThrow(() -> failures.check("198.51.100.7"));
    }

    @Test
    void neverSendsLoopbackAway() {
        assertDoesNotThrow(() -> fail("127.0.0.1", 100));
    }
}
