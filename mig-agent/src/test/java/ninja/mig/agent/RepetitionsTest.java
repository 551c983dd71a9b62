package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.Test;

class RepetitionsTest {
    private final Repetitions repetitions = new Repetitions();

    @Test
    void namesTheFirstCommandOfAnAction() {
        assertEquals(Optional.empty(), repetitions.earlier("a", new MigId(1)));
        assertEquals(Optional.empty(), repetitions.earlier("b", new MigId(2)));
        assertEquals(Optional.of(new MigId(1)), repetitions.earlier("a", new MigId(3)));
        assertEquals(Optional.of(new MigId(1)), repetitions.earlier("a", new MigId(4)));
    }

    @Test
    void forgetsTheOldestOfAThousand() {
        for (int i = 1; i <= 1001; i++) {
            repetitions.earlier("action " + i, new MigId(i));
        }

        assertEquals(Optional.empty(), repetitions.earlier("action 1", new MigId(2000)));
        assertEquals(Optional.of(new MigId(1001)), repetitions.earlier("action 1001", new MigId(2001)));
    }
}
