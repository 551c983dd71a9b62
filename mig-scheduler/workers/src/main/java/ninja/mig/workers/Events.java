package ninja.mig.workers;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import ninja.mig.log.LogThrottle;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.MessageHandler;
import ninja.mig.runtime.Backoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the events of a worker's queue, one at a time, and acknowledges each when it is dealt with. One that cannot be
 * dealt with now is tried again after a pause, while the relay keeps it and all that follow.
 */
final class Events implements MessageHandler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Events.class);

    private final EventHandler handler;
    private final Backoff backoff;
    private final Duration grace;
    private final LogThrottle invalid;
    private final ReentrantLock atWork = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param backoff pauses before it is tried again
     * @param grace what {@link #close} leaves to the event at hand
     */
    Events(EventHandler handler, Backoff backoff, Duration grace, Clock clock) {
        this.handler = handler;
        this.backoff = backoff;
        this.grace = grace;
        this.invalid = new LogThrottle(Duration.ofMinutes(1), clock);
    }

    @Override
    public void handle(Delivery delivery) throws InterruptedException {
        atWork.lockInterruptibly(); // after a reconnect the delivery before may still be at work
        try {
            while (closed.getCount() > 0 && !attempt(delivery)) {
                pause();
            }
        } finally {
            atWork.unlock();
        }
    }

    private boolean attempt(Delivery delivery) throws InterruptedException {
        try {
            handler.handle(delivery.body());
        } catch (RejectedException e) {
            invalid.next("")
                    .ifPresent(n -> log.warn("discarding an invalid event: {}{}", e.getMessage(), LogThrottle.more(n)));
        } catch (IOException e) {
            failed(e);
            return false;
        }
        delivery.ack();
        recovered();
        return true;
    }

    /** Once per outage. */
    private void failed(IOException e) {
        if (backoff.failures() == 0) {
            log.warn("events wait in the relay, will be tried again: {}", e.getMessage());
        } else {
            log.debug("events go on waiting", e);
        }
    }

    private void recovered() {
        if (backoff.failures() > 0) {
            log.info("events are dealt with again after {} failures", backoff.failures());
            backoff.reset();
        }
    }

    private void pause() throws InterruptedException {
        if (closed.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
            log.debug("the relay keeps the event");
        }
    }

    /** Begins with no other event, and lets the one at hand end. */
    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        if (atWork.tryLock(grace.toMillis(), TimeUnit.MILLISECONDS)) {
            atWork.unlock();
        } else {
            log.debug("the event at hand takes too long, the relay keeps it");
        }
    }
}
