package ninja.mig.relay;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The relay as the scheduler and the workers see it: always there, or soon again. One connection consumes, another
 * publishes, so that a broker that takes no messages still delivers them. Each is made again with a growing pause of 1 s
 * to 5 s, with its queues and consumptions, when it, a channel or a consumption on it ends, or when messages wait and none
 * come.
 */
public final class Relay implements Publisher, AutoCloseable {
    /** Declares what this program needs on a new connection: {@code RelayConnection::declareScheduler}. */
    @FunctionalInterface
    public interface Declarations {
        void on(RelayConnection connection) throws RelayException;
    }

    private static final Duration ON_ITS_WAY = Duration.ofSeconds(1);

    private final Declarations declarations;
    private final Link consuming;
    private final Link publishing;
    private final List<LastingConsumption> consumptions = new ArrayList<>();
    private final Duration patience;
    private final AtomicLong deaf = new AtomicLong();
    private volatile Optional<Publisher> publisher = Optional.empty();

    private Relay(RelayConf conf, String name, Clock clock, Declarations declarations) {
        this.patience = conf.heartbeat();
        this.declarations = declarations;
        this.consuming = new Link(conf, name + "-consumer", clock, this::setUpConsuming, this::listen);
        this.publishing =
                new Link(conf, name + "-publisher", clock, this::setUpPublishing, connection -> Optional.empty());
    }

    /**
     * Connects. If the relay is away it is tried again in the background.
     *
     * @param name the program's, for the broker's list of connections
     * @throws RelayRefusedException if the relay refuses the user, the virtual host or a declaration
     */
    public static Relay start(RelayConf conf, String name, Clock clock, Declarations declarations)
            throws RelayRefusedException, InterruptedException {
        Relay relay = new Relay(conf, name, clock, declarations);
        try {
            relay.consuming.start();
            relay.publishing.start();
            return relay;
        } catch (RelayRefusedException e) {
            relay.close();
            throw e;
        }
    }

    private void setUpConsuming(RelayConnection connection) throws RelayException {
        declarations.on(connection);
        for (LastingConsumption consumption : all()) {
            consumption.attach(connection);
        }
    }

    private void setUpPublishing(RelayConnection connection) throws RelayException {
        declarations.on(connection);
        publisher = Optional.of(connection.publisher());
    }

    /**
     * Takes the messages of a queue, now or as soon as the relay is there, in a thread of its own.
     *
     * @param prefetch messages that may be delivered and not acknowledged, 1 to 10,000
     */
    public Consumption consume(String queue, int prefetch, MessageHandler handler) {
        LastingConsumption consumption = new LastingConsumption(queue, prefetch, handler);
        synchronized (consumptions) {
            consumptions.add(consumption);
        }
        consuming.current().ifPresent(consumption::attachOrBreak);
        return consumption;
    }

    /** A connection may be alive and no message come: the broker has lost the consumer, or its channel hangs. */
    private Optional<String> listen(RelayConnection connection) throws RelayException, InterruptedException {
        for (LastingConsumption consumption : all()) {
            consumption.attach(connection); // one that began while this connection was made may have missed it
            // Twice: a message may be on its way.
            if (consumption.deafness(connection, patience).isPresent() && !connection.breaksWithin(ON_ITS_WAY)) {
                Optional<String> reason = consumption.deafness(connection, patience);
                if (reason.isPresent()) {
                    deaf.incrementAndGet();
                    return reason;
                }
            }
        }
        return Optional.empty();
    }

    private List<LastingConsumption> all() {
        synchronized (consumptions) {
            return List.copyOf(consumptions);
        }
    }

    /** Pauses every consumption: the first step of an orderly stop. */
    public void stopConsuming() {
        all().forEach(LastingConsumption::pause);
    }

    /** Fails at once while the relay is away or blocks. */
    @Override
    public CompletableFuture<Published> publish(Message message) {
        Optional<Publisher> present = publishing.current().flatMap(c -> publisher);
        return present.map(p -> p.publish(message))
                .orElseGet(() -> CompletableFuture.failedFuture(new RelayException("the relay is away")));
    }

    public RelayState state() {
        Optional<RelayConnection> publisherConnection = publishing.current();
        return new RelayState(
                consuming.current().isPresent(),
                publisherConnection.isPresent(),
                publisherConnection.flatMap(RelayConnection::blocked),
                consuming.lost() + publishing.lost(),
                deaf.get());
    }

    /** Whether both connections work. */
    public boolean isConnected() {
        return state().isConnected();
    }

    /** Looks at a queue; empty if there is none. */
    public Optional<QueueState> inspect(String queue) throws RelayException {
        return connection().inspect(queue);
    }

    /** Deletes a queue with what it holds; does nothing if there is none. */
    public void deleteQueue(String queue) throws RelayException {
        connection().deleteQueue(queue);
    }

    private RelayConnection connection() throws RelayException {
        return publishing.current().orElseThrow(() -> new RelayException("the relay is away"));
    }

    /** Leaves the relay. What was delivered and not acknowledged will be delivered again. */
    @Override
    public void close() throws InterruptedException {
        consuming.close();
        publishing.close();
    }
}
