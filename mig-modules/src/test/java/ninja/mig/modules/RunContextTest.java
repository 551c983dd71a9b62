package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunContextTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static RunContext of(int seconds, boolean privacy) {
        return new RunContext(Clock.fixed(START, ZoneOffset.UTC), Optional.of(START.plusSeconds(seconds)), privacy);
    }

    @Test
    void endsAPartBeforeTheWhole() {
        RunContext whole = of(100, true);

        assertEquals(Optional.of(START.plusSeconds(80)), whole.part().deadline());
        assertFalse(whole.part().privacy());
        assertFalse(whole.part().mustStop());
        assertFalse(whole.wasToldToStop());
        assertEquals(Optional.empty(), RunContext.unlimited().part().deadline());
    }

    @Test
    void endsAPartWithTheWhole() {
        RunContext whole = RunContext.unlimited();
        RunContext part = whole.part();
        whole.requestStop();

        assertTrue(part.mustStop());
    }

    @Test
    void isNotWholeIfAPartHadToStop() {
        RunContext whole = RunContext.unlimited();
        RunContext part = whole.part();
        part.requestStop();

        assertFalse(whole.mustStop());
        assertTrue(part.mustStop());
        assertTrue(whole.wasToldToStop());
    }
}
