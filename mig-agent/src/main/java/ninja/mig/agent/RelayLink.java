package ninja.mig.agent;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import ninja.mig.log.LogThrottle;
import ninja.mig.model.QueueLoc;
import ninja.mig.relay.ConnectProxy;
import ninja.mig.relay.Consumption;
import ninja.mig.relay.Message;
import ninja.mig.relay.MessageHandler;
import ninja.mig.relay.Published;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayException;
import ninja.mig.relay.RelayRefusedException;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's one connection to the relay, and the making of another when it breaks: each time all ways are tried in their
 * order, the agent's queue is declared and bound again, and its commands are consumed one at a time. Losing the relay
 * never ends the agent.
 */
final class RelayLink implements ResultSender.Line, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RelayLink.class);

    private static final Duration CONFIRM = Duration.ofSeconds(30);

    /** Bytes in a second of a line on which a large message gets through. */
    private static final int SLOWEST = 64 << 10;

    private static final Duration REMINDER = Duration.ofHours(1);
    private static final Duration FAREWELL = Duration.ofSeconds(6);

    private final RelayConf conf;
    private final List<Optional<ConnectProxy>> ways;
    private final QueueLoc self;
    private final Clock clock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<Optional<Session>> current = new AtomicReference<>(Optional.empty());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread supervisor;
    private volatile MessageHandler commands = delivery -> {
        throw new IllegalStateException("no command is expected before the link is opened");
    };
    private volatile boolean listening = true;
    private final ReconnectPauses pauses;
    private LogThrottle outage;

    /** Everything that ends with one connection. */
    private record Session(
            RelayConnection connection,
            Publisher publisher,
            Consumption consumption,
            Optional<ConnectProxy> proxy,
            Instant since) {}

    /** @param ways to the relay in the order of trying; an empty one is direct */
    RelayLink(RelayConf conf, List<Optional<ConnectProxy>> ways, QueueLoc self, ReconnectPauses pauses, Clock clock) {
        this.conf = conf;
        this.ways = ways;
        this.self = self;
        this.pauses = pauses;
        this.clock = clock;
        this.outage = new LogThrottle(REMINDER, clock);
        this.supervisor = Routines.thread("relay-link", this::supervise);
    }

    /** Calls the listener, which must not block, after every connect, and when the relay takes messages again. */
    void whenConnected(Runnable listener) {
        listeners.add(listener);
    }

    /** Tries every way once, and keeps up the connection from then on. */
    void open(MessageHandler handler) throws RelayException {
        commands = handler;
        connect();
        supervisor.start();
    }

    /** Connects in the background, for ever if need be, and keeps up the connection. */
    void openPatiently(MessageHandler handler) {
        commands = handler;
        supervisor.start();
    }

    @Override
    public boolean isUp() {
        return session().isPresent();
    }

    /** The proxy between agent and relay, if there is one. */
    Optional<ConnectProxy> proxy() {
        return session().flatMap(Session::proxy);
    }

    private Optional<Session> session() {
        return current.get().filter(s -> s.connection().isUsable());
    }

    /**
     * Sends a message and waits for the relay's confirmation.
     *
     * @throws RelayException if the relay is away or does not confirm; the connection is then made anew, unless the relay has
     *     said that it takes no messages now: it would take none from another connection
     */
    @Override
    public Published publish(Message message) throws RelayException, InterruptedException {
        Session session = session().orElseThrow(() -> new RelayException("the relay is away"));
        try {
            return session.publisher().publish(message, CONFIRM.plusSeconds(message.body().length / SLOWEST));
        } catch (RelayException e) {
            if (session.connection().blocked().isEmpty()) {
                session.connection().close();
            }
            throw e;
        }
    }

    /** Takes no more commands; what was acknowledged goes on. */
    void stopListening() {
        listening = false;
        session().ifPresent(s -> s.consumption().pause());
    }

    private void connect() throws RelayException {
        List<String> reasons = new ArrayList<>();
        for (Optional<ConnectProxy> way : ways) {
            try {
                establish(way);
                return;
            } catch (RelayRefusedException e) {
                throw e;
            } catch (RelayException e) {
                reasons.add(e.getMessage());
            }
        }
        throw new RelayException(String.join("; ", reasons));
    }

    private void establish(Optional<ConnectProxy> way) throws RelayException {
        RelayConnection connection = RelayConnection.open(conf, way, "mig-agent", ReceivedCommand.MAX_BODY, clock);
        try {
            connection.whenUnblocked(this::tellListeners);
            connection.declareAgent(self);
            Publisher publisher = connection.publisher();
            Consumption consumption = connection.consume(self.queue(), 1, commands);
            if (!listening) {
                consumption.pause();
            }
            current.set(Optional.of(new Session(connection, publisher, consumption, way, clock.instant())));
        } catch (RelayException e) {
            connection.close();
            throw e;
        }
        outage = new LogThrottle(REMINDER, clock);
        log.info(
                "AMQP connection opened: {}{}",
                conf,
                way.map(p -> " through " + p).orElse(""));
        tellListeners();
    }

    private void tellListeners() {
        listeners.forEach(Runnable::run);
    }

    private void supervise() {
        try {
            while (closed.getCount() > 0) {
                Optional<Session> session = current.get();
                if (session.isPresent()) {
                    watch(session.get());
                } else {
                    reconnect();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.debug("the relay link was interrupted");
        }
    }

    private void watch(Session session) throws InterruptedException {
        String reason = reason(session.connection());
        current.set(Optional.empty());
        session.connection().close();
        if (closed.getCount() > 0) {
            log.warn("AMQP connection lost: {}", reason);
            pause(pauses.afterLoss(Duration.between(session.since(), clock.instant())));
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
            pause(pauses.afterFailure());
        }
    }

    /** Once per outage and reason, and again each hour that it lasts. */
    private void report(RelayException e) {
        OptionalInt heldBack = outage.next(e.getMessage());
        if (heldBack.isPresent()) {
            log.warn(
                    "the relay cannot be reached, will be tried again: {}{}",
                    e.getMessage(),
                    LogThrottle.more(heldBack.getAsInt()));
        } else {
            log.debug("the relay cannot be reached: {}", e.getMessage());
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            log.debug("the relay link is closed");
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        current.get().ifPresent(s -> s.connection().close());
        supervisor.interrupt();
        supervisor.join(FAREWELL.toMillis());
        current.get().ifPresent(s -> s.connection().close());
    }
}
