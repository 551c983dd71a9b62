package ninja.mig.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaemonTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Daemon daemon = new Daemon(new PrintStream(out, true, StandardCharsets.UTF_8));
    private final List<String> closed = new ArrayList<>();

    private int run(Daemon.Start start) {
        return daemon.run(() -> () -> closed.add("log"), start);
    }

    @Test
    void stopsWhatItStartedWhenItIsInterrupted() {
        int code = run(closer -> {
            closer.register(() -> closed.add("first"));
            closer.register(() -> closed.add("second"));
            Thread.currentThread().interrupt();
        });

        assertEquals(Daemon.OK, code);
        assertEquals(List.of("second", "first", "log"), closed);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void canBeInterruptedWhileItStarts() {
        int code = run(closer -> {
            closer.register(() -> closed.add("first"));
            Thread.currentThread().interrupt();
            throw new IOException("a wait was cut short");
        });

        assertEquals(Daemon.OK, code);
        assertEquals(List.of("first", "log"), closed);
    }

    @Test
    void saysWhyItDoesNotStart() {
        int code = run(closer -> {
            closer.register(() -> closed.add("first"));
            throw new IOException("the relay refuses the user");
        });

        assertEquals(Daemon.START_FAILED, code);
        assertEquals(List.of("first", "log"), closed);
        assertEquals(
                "FATAL: the relay refuses the user",
                out.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void endsWithAnErrorWhenItCannotGoOn() {
        int code = run(closer -> {
            closer.register(() -> closed.add("first"));
            daemon.fail("nobody reads the output");
        });

        assertEquals(Daemon.FAILED, code);
        assertEquals(List.of("first", "log"), closed);
    }

    @Test
    void endsWithAnErrorWhenItCannotStopInOrder() {
        int code = run(closer -> {
            closer.register(() -> {
                throw new IOException("the disk is full");
            });
            Thread.currentThread().interrupt();
        });

        assertEquals(Daemon.FAILED, code);
        assertTrue(closed.contains("log"));
    }
}
