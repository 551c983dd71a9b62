package ninja.mig.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigIdTest {
    @Test
    void readsDigitsAndExponents() {
        assertEquals(4690123456789L, MigId.parse("4690123456789").value());
        assertEquals(4690123456789L, MigId.parse("4.690123456789e+12").value());
        assertEquals("4690123456789", MigId.of(4.690123456789e+12).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "0x10", "NaN", "9007199254740992", "1e99", "١", " 1", "1 "})
    void refusesWhatIsNoId(String text) {
        assertThrows(NumberFormatException.class, () -> MigId.parse(text));
    }

    @Test
    void drawsGrowingIdsThatFitADouble() {
        IdGenerator ids = new IdGenerator(Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));
        long previous = 0;
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 5_000_000; i += 1) {
            long id = ids.next().value();
            assertTrue(id > previous && id <= MigId.MAX);
            previous = id;
            if (i < 1000) {
                assertTrue(seen.add(id));
            }
        }
    }

    @Test
    void drawsOtherIdsInAnotherProcess() {
        Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

        // Two starts in one second: the random start of the counter makes 10 equal ones all but impossible.
        Set<MigId> ids = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            ids.add(new IdGenerator(clock).next());
        }
        assertTrue(ids.size() > 1);
    }
}
