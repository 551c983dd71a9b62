package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusalBudgetTest {
    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final RefusalBudget budget = new RefusalBudget(clock, RefusalBudget.ANSWERED);

    @Test
    void isSpentAfterTwentyInAMinute() {
        spendAll();

        clock.advance(Duration.ofSeconds(60));
        assertTrue(budget.spend());
    }

    @Test
    void isNotSpentForYearsWhenTheClockIsSetBack() {
        spendAll();

        clock.advance(Duration.ofDays(-3650));
        spendAll();
    }

    private void spendAll() {
        for (int i = 0; i < RefusalBudget.ANSWERED; i++) {
            assertTrue(budget.spend());
        }
        assertFalse(budget.spend());
    }
}
