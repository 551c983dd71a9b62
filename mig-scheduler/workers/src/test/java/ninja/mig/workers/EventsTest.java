package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.Delivery;
import ninja.mig.runtime.Backoff;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final AtomicInteger acknowledged = new AtomicInteger();

    private Delivery delivery() {
        return Delivery.detached("agent.new", new byte[] {'{', '}'}, acknowledged::incrementAndGet);
    }

    private static Events events(Duration grace, EventHandler handler) {
        Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2));
        return new Events(handler, backoff, grace, Clock.systemUTC());
    }

    @Test
    void acknowledgesWhatIsDealtWith() throws Exception {
        Events events = events(Duration.ZERO, event -> assertEquals(0, acknowledged.get()));

        events.handle(delivery());

        assertEquals(1, acknowledged.get());
    }

    @Test
    void acknowledgesWhatIsOfNoUse() throws Exception {
        Events events = events(Duration.ZERO, event -> {
            throw new RejectedException("not JSON");
        });

        events.handle(delivery());

        assertEquals(1, acknowledged.get());
    }

    @Test
    void triesAgainWhatCannotBeDealtWithNow() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Events events = events(Duration.ZERO, event -> {
            if (attempts.incrementAndGet() < 4) {
                throw new IOException("MozDef is away");
            }
        });

        events.handle(delivery());

        assertEquals(4, attempts.get());
        assertEquals(1, acknowledged.get());
    }

    @Test
    void leavesToTheRelayWhatIsNotDealtWithAtTheEnd() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        Events events = events(Duration.ofSeconds(30), event -> {
            failed.countDown();
            throw new IOException("MozDef is away");
        });
        CompletableFuture<Void> first = handleInBackground(events);
        failed.await();

        events.close();

        first.get(30, TimeUnit.SECONDS);
        assertEquals(0, acknowledged.get());
    }

    @Test
    void letsTheEventAtHandEndAndBeginsWithNoOther() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Events events = events(Duration.ofSeconds(30), event -> {
            begun.countDown();
            go.await();
        });
        CompletableFuture<Void> first = handleInBackground(events);
        begun.await();

        CompletableFuture<Void> close = CompletableFuture.runAsync(() -> {
            try {
                events.close();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        go.countDown();
        close.get(30, TimeUnit.SECONDS);
        first.get(30, TimeUnit.SECONDS);
        events.handle(delivery());

        assertEquals(1, acknowledged.get());
    }

    @Test
    void doesNotWaitForeverForTheEventAtHand() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Events events = events(Duration.ofMillis(10), event -> {
            begun.countDown();
            never.await();
        });
        CompletableFuture<Void> first = handleInBackground(events);
        begun.await();

        events.close();

        assertEquals(0, acknowledged.get());
        never.countDown();
        first.get(30, TimeUnit.SECONDS);
    }

    private CompletableFuture<Void> handleInBackground(Events events) {
        return CompletableFuture.runAsync(() -> {
            try {
                events.handle(delivery());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
