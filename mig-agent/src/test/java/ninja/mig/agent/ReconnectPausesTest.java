package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReconnectPausesTest {
    private static final double MIDDLE = 0.5;
    private static final double MOST = Math.nextDown(1.0);

    @Test
    void doublesUpToAMinute() {
        ReconnectPauses pauses = new ReconnectPauses(() -> MIDDLE);

        assertEquals(
                List.of(5L, 10L, 20L, 40L, 60L, 60L, 60L),
                IntStream.range(0, 7)
                        .mapToObj(i -> pauses.afterFailure().toSeconds())
                        .toList());
    }

    @Test
    void neverGrowsBeyondAMinuteAndAFifth() {
        ReconnectPauses pauses = new ReconnectPauses(() -> MOST);
        IntStream.range(0, 10_000).forEach(i -> {
            Duration pause = pauses.afterFailure();
            assertTrue(pause.compareTo(Duration.ofSeconds(72)) <= 0 && pause.compareTo(Duration.ofSeconds(4)) >= 0);
        });
    }

    @Test
    void beginsAnewAfterAGoodConnection() {
        ReconnectPauses pauses = new ReconnectPauses(() -> MIDDLE);
        IntStream.range(0, 5).forEach(i -> pauses.afterFailure());

        assertEquals(5, pauses.afterLoss(Duration.ofHours(1)).toSeconds(), "half of 10 s");
        assertEquals(10, pauses.afterFailure().toSeconds());
    }

    @Test
    void takesAConnectionThatBreaksAtOnceForAFailure() {
        ReconnectPauses pauses = new ReconnectPauses(() -> MIDDLE);

        assertEquals(
                List.of(5L, 10L, 20L, 40L, 60L),
                IntStream.range(0, 5)
                        .mapToObj(i -> pauses.afterLoss(Duration.ofSeconds(1)).toSeconds())
                        .toList());
    }

    @Test
    void spreadsAFleetThatLostItsRelay() {
        Random random = new Random(1);
        int[] perSecond = new int[11];
        for (int agent = 0; agent < 10_000; agent++) {
            perSecond[
                    (int) new ReconnectPauses(random::nextDouble)
                            .afterLoss(Duration.ofDays(1))
                            .toSeconds()]++;
        }
        for (int second = 0; second < 10; second++) {
            assertTrue(perSecond[second] > 800 && perSecond[second] < 1200, "second " + second);
        }
    }
}
