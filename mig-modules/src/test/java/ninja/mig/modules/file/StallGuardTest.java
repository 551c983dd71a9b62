package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StallGuardTest {
    private static final Duration NONE = Duration.ZERO;

    private final StallGuard guard = new StallGuard();

    /** A file that notes that it was closed. */
    private static final class Noted implements Channel {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public boolean isOpen() {
            return closed.getCount() > 0;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void endsAReadThatWaitsForEver() throws Exception {
        Pipe pipe = Pipe.open();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            guard.open();
            guard.opened(pipe.source());
            guard.begin();
            Throwable failure = assertThrows(
                    AsynchronousCloseException.class, () -> pipe.source().read(ByteBuffer.allocate(1)));
            assertTrue(guard.hasStalled());
            thrown.set(failure);
        });
        reader.start();

        while (reader.isAlive()) {
            assertFalse(guard.look(Duration.ofMillis(200)));
            reader.join(20);
        }

        assertTrue(thrown.get() instanceof AsynchronousCloseException, "the reader's own checks failed");
    }

    @Test
    void doesNotMindWorkBetweenReads() {
        Noted file = new Noted();
        guard.open();
        guard.opened(file);
        guard.begin();
        guard.end();
        for (int i = 0; i < 5; i++) {
            assertFalse(guard.look(NONE));
        }

        assertTrue(file.isOpen());
        assertFalse(guard.hasStalled());
    }

    @Test
    void doesNotMindReadsThatComeBack() {
        Noted file = new Noted();
        guard.open();
        guard.opened(file);
        for (int i = 0; i < 5; i++) {
            guard.begin();
            assertFalse(guard.look(NONE));
            guard.end();
        }

        assertTrue(file.isOpen());
    }

    @Test
    void leavesAReaderBehindThatWaitsForAFileToOpen() {
        guard.open();
        assertFalse(guard.look(NONE));
        assertTrue(guard.look(NONE));

        Noted file = new Noted();
        assertThrows(StallGuard.LeftBehindException.class, () -> guard.opened(file));
        assertFalse(guard.isOpen());
    }

    @Test
    void leavesAReaderBehindThatClosingDoesNotFree() throws Exception {
        Noted file = new Noted();
        guard.open();
        guard.opened(file);
        guard.begin();
        assertFalse(guard.look(NONE));
        assertFalse(guard.look(NONE));
        file.closed.await();
        assertTrue(guard.look(NONE));

        assertThrows(StallGuard.LeftBehindException.class, guard::end);
        assertThrows(StallGuard.LeftBehindException.class, guard::hasStalled);
        assertTrue(guard.isOpen());
    }

    @Test
    void doesNotCloseTheNextFileForTheOneBefore() throws Exception {
        Noted first = new Noted();
        guard.open();
        guard.opened(first);
        guard.begin();
        guard.look(NONE);
        guard.look(NONE);
        first.closed.await();
        assertTrue(guard.hasStalled());
        Noted second = new Noted();
        guard.open();
        guard.opened(second);
        guard.begin();
        assertFalse(guard.look(NONE));

        assertFalse(guard.hasStalled());
        assertTrue(second.isOpen());
        assertEquals(0, first.closed.getCount());
    }
}
