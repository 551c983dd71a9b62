package ninja.mig.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SearchOrderTest {
    @Test
    void makesAQueryOfConditions() {
        assertEquals(
                "type=agent&agentname=web%25&status=online",
                SearchOrder.query("agent", List.of("name=web*", "and", "status=online")));
        assertEquals("type=command&actionname=x", SearchOrder.query("command", List.of("name=x")));
    }

    @Test
    void refusesWhatIsNoCondition() {
        assertThrows(IllegalArgumentException.class, () -> SearchOrder.query("planet", List.of("name=x")));
        assertThrows(IllegalArgumentException.class, () -> SearchOrder.query("agent", List.of("name")));
        assertThrows(IllegalArgumentException.class, () -> SearchOrder.query("agent", List.of("colour=x")));
        assertThrows(
                IllegalArgumentException.class, () -> SearchOrder.query("agent", List.of("name=x", "or", "name=y")));
        assertThrows(IllegalArgumentException.class, () -> SearchOrder.query("agent", List.of("name=x", "and")));
    }
}
