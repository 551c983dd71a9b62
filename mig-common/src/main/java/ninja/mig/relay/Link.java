package ninja.mig.relay;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import ninja.mig.runtime.Backoff;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that is made again, with everything on it, whenever it breaks. */
final class Link implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** Puts channels, queues and consumptions on a new connection. */
    @FunctionalInterface
    interface Setup {
        void on(RelayConnection connection) throws RelayException;
    }

    /** Looks at a connection that seems to work, once in a while. */
    @FunctionalInterface
    interface Check {
        /** @return why it is of no use nonetheless */
        Optional<String> on(RelayConnection connection) throws RelayException, InterruptedException;
    }

    private final RelayConf conf;
    private final String name;
    private final Clock clock;
    private final Setup setup;
    private final Check check;
    private final Backoff backoff = new Backoff(SHORTEST_PAUSE, LONGEST_PAUSE);
    private final AtomicReference<Optional<RelayConnection>> current = new AtomicReference<>(Optional.empty());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread supervisor;
    private final AtomicLong lost = new AtomicLong();
    private boolean away;

    Link(RelayConf conf, String name, Clock clock, Setup setup, Check check) {
        this.conf = conf;
        this.name = name;
        this.clock = clock;
        this.setup = setup;
        this.check = check;
        this.supervisor = Routines.thread("relay-link-" + name, this::supervise);
    }

    /** Connects; if the relay is away, goes on trying in the background. */
    void start() throws RelayRefusedException {
        try {
            connect();
        } catch (RelayRefusedException e) {
            throw e;
        } catch (RelayException e) {
            report(e);
        }
        supervisor.start();
    }

    /** The connection, if it works. */
    Optional<RelayConnection> current() {
        return current.get().filter(RelayConnection::isUsable);
    }

    /** How often a connection was lost. */
    long lost() {
        return lost.get();
    }

    private void connect() throws RelayException {
        RelayConnection connection = RelayConnection.open(conf, name, clock);
        try {
            setup.on(connection);
        } catch (RelayException e) {
            connection.close();
            throw e;
        }
        current.set(Optional.of(connection));
        log.info("AMQP connection opened: {} to {}", name, conf);
        away = false;
    }

    private void supervise() {
        try {
            while (closed.getCount() > 0) {
                Optional<RelayConnection> connection = current.get();
                if (connection.isPresent()) {
                    watch(connection.get());
                } else {
                    reconnect();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.debug("{} was interrupted", name);
        } finally {
            current.get().ifPresent(RelayConnection::close);
        }
    }

    /** Stays until the connection breaks. */
    private void watch(RelayConnection connection) throws InterruptedException {
        Instant since = clock.instant();
        while (!connection.breaksWithin(conf.heartbeat())) {
            check(connection);
        }
        String reason = reason(connection);
        current.set(Optional.empty());
        connection.close();
        if (closed.getCount() > 0) {
            log.warn("AMQP connection {} lost: {}", name, reason);
            lost.incrementAndGet();
            away = true;
            if (since.plus(LONGEST_PAUSE).isBefore(clock.instant())) {
                backoff.reset();
            }
            pause();
        }
    }

    private void check(RelayConnection connection) throws InterruptedException {
        try {
            check.on(connection).ifPresent(connection::giveUp);
        } catch (RelayException e) {
            connection.giveUp(e.getMessage());
        }
    }

    private static String reason(RelayConnection connection) throws InterruptedException {
        try {
            return connection.broken().get();
        } catch (ExecutionException e) {
            return e.toString();
        }
    }

    private void reconnect() throws InterruptedException {
        try {
            connect();
        } catch (RelayException e) {
            report(e);
            pause();
        }
    }

    /** Once per outage. */
    private void report(RelayException e) {
        if (away) {
            log.debug("{}", e.getMessage());
        } else {
            log.warn("{}, will be tried again", e.getMessage());
        }
        away = true;
    }

    private void pause() throws InterruptedException {
        if (closed.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
            log.debug("{} is closed", name);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        current.get().ifPresent(RelayConnection::close);
        supervisor.join(RelayConnection.farewell().toMillis());
        supervisor.interrupt(); // a connection that it is just making closes when it is there
    }
}
