package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import ninja.mig.agent.CommandHistory.Entry;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.Test;

class CommandHistoryTest {
    private static final MigId ACTION = new MigId(7);

    private final MovableClock clock = new MovableClock(Investigation.NOW);
    private final CommandHistory history = new CommandHistory(clock);

    @Test
    void tellsTheNewestFirst() {
        history.began(new MigId(1), ACTION);
        clock.advance(Duration.ofSeconds(5));
        history.refused(new MigId(2), ACTION);

        assertEquals(
                List.of(
                        new Entry(Investigation.NOW.plusSeconds(5), new MigId(2), ACTION, "refused"),
                        new Entry(Investigation.NOW, new MigId(1), ACTION, "running")),
                history.newestFirst());
    }

    @Test
    void tellsHowACommandEnded() {
        history.refused(new MigId(1), ACTION);
        history.began(new MigId(1), ACTION);
        history.began(new MigId(2), ACTION);

        history.answered(new MigId(1), CommandStatus.TIMEOUT);

        assertEquals(
                List.of("running", "timeout", "refused"),
                history.newestFirst().stream().map(Entry::state).toList());
    }

    @Test
    void keepsTenWhateverComes() {
        for (int i = 1; i <= 10_000; i++) {
            history.refused(new MigId(i), ACTION);
        }
        history.answered(new MigId(3), CommandStatus.SUCCESS);

        assertEquals(
                List.of(10_000L, 9_999L, 9_998L, 9_997L, 9_996L, 9_995L, 9_994L, 9_993L, 9_992L, 9_991L),
                history.newestFirst().stream().map(e -> e.command().value()).toList());
    }
}
