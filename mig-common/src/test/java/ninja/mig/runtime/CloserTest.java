package ninja.mig.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
    @Test
    void stopsEverythingLastFirstAndOnce() throws Exception {
        List<String> order = new ArrayList<>();
        Closer closer = new Closer();
        closer.register(() -> order.add("database"));
        closer.register(() -> order.add("relay"));
        closer.close();
        closer.close();
        assertEquals(List.of("relay", "database"), order);
    }

    @Test
    void collectsFailures() {
        List<String> order = new ArrayList<>();
        Closer closer = new Closer();
        closer.register(() -> order.add("database"));
        closer.register(() -> {
            throw new IOException("second");
        });
        closer.register(() -> {
            throw new IllegalStateException("first");
        });
        Exception e = assertThrows(IllegalStateException.class, closer::close);
        assertEquals("second", e.getSuppressed()[0].getMessage());
        assertEquals(List.of("database"), order);
    }
}
