package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Pipe;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StallGuardTest {
    @Test
    void endsAReadThatWaitsForEver() throws Exception {
        Pipe pipe = Pipe.open();
        try (StallGuard guard = new StallGuard(Duration.ofMillis(100))) {
            guard.watch(pipe.source());
            guard.begin();

            assertThrows(AsynchronousCloseException.class, () -> pipe.source().read(ByteBuffer.allocate(1)));
            assertTrue(guard.hasStalled());
        }
    }

    @Test
    void doesNotMindWorkBetweenReads() throws Exception {
        Pipe pipe = Pipe.open();
        try (StallGuard guard = new StallGuard(Duration.ofMillis(50))) {
            guard.watch(pipe.source());
            guard.begin();
            guard.end();
            Pipe other = Pipe.open();
            try (StallGuard clock = new StallGuard(Duration.ofMillis(300))) {
                // Waits much longer than the first guard's patience.
                clock.watch(other.source());
                clock.begin();
                assertThrows(
                        AsynchronousCloseException.class, () -> other.source().read(ByteBuffer.allocate(1)));
            }
            pipe.sink().write(ByteBuffer.wrap(new byte[1]));

            assertEquals(1, pipe.source().read(ByteBuffer.allocate(1)));
            assertFalse(guard.hasStalled());
        }
    }
}
