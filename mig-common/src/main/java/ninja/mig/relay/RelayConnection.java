package ninja.mig.relay;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DnsRecordIpAddressResolver;
import com.rabbitmq.client.ListAddressResolver;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import ninja.mig.model.QueueLoc;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the relay. It does not come back by itself: whatever ends it, a channel of it or a consumption
 * completes {@link #broken}, after which its owner closes it and opens another.
 */
public final class RelayConnection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final Map<String, Object> NO_ARGUMENTS = Map.of();

    private final Connection connection;
    private final ExecutorService deliveries;
    private final Clock clock;
    private final CompletableFuture<String> broken = new CompletableFuture<>();
    private final AtomicReference<Optional<String>> blocked = new AtomicReference<>(Optional.empty());
    private final List<Runnable> whenUnblocked = new CopyOnWriteArrayList<>();

    private RelayConnection(Connection connection, ExecutorService deliveries, Clock clock) {
        this.connection = connection;
        this.deliveries = deliveries;
        this.clock = clock;
        connection.addShutdownListener(cause -> broken.complete(Shutdown.text(cause)));
        connection.addBlockedListener(this::block, this::unblock);
    }

    /**
     * Connects directly.
     *
     * @param name what the broker lists the connection as
     * @throws RelayRefusedException if the broker refuses the user, the password or the virtual host
     * @throws RelayException if it cannot be reached
     */
    public static RelayConnection open(RelayConf conf, String name, Clock clock) throws RelayException {
        return open(conf, Optional.empty(), name, clock);
    }

    /** As {@link #open(RelayConf, String, Clock)}, through a proxy if one is given. */
    public static RelayConnection open(RelayConf conf, Optional<ConnectProxy> proxy, String name, Clock clock)
            throws RelayException {
        return open(conf, proxy, name, Integer.MAX_VALUE, clock);
    }

    /**
     * As {@link #open(RelayConf, Optional, String, Clock)}, for a process that has little memory.
     *
     * @param largestBody bytes; a message with a larger body is delivered with an empty one
     */
    public static RelayConnection open(
            RelayConf conf, Optional<ConnectProxy> proxy, String name, int largestBody, Clock clock)
            throws RelayException {
        ExecutorService deliveries = deliveries(name);
        try {
            ConnectionFactory factory = factory(conf, proxy, largestBody, deliveries);
            Connection connection = proxy.isPresent()
                    ? through(factory, conf, deliveries, name)
                    : direct(factory, conf, deliveries, name);
            return new RelayConnection(connection, deliveries, clock);
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            deliveries.shutdownNow();
            String text = "cannot connect to relay " + conf
                    + proxy.map(p -> " through " + p).orElse("") + ": ";
            if (Shutdown.isRefusedEntry(e)) {
                throw new RelayRefusedException(text + Shutdown.text(e), e);
            }
            throw new RelayException(text + reason(e, conf, clock), e);
        }
    }

    private static String reason(Exception e, RelayConf conf, Clock clock) {
        if (conf.tls().isEmpty() && Shutdown.isNotAmqp(e)) {
            return "what answers does not speak AMQP, perhaps this port wants TLS";
        }
        return conf.tls()
                .flatMap(tls -> TlsFailure.text(e, tls, conf.host(), clock.instant()))
                .orElseGet(() -> Shutdown.text(e));
    }

    /** A thread for each channel that has something to do; what the library starts after the end is dropped. */
    private static ExecutorService deliveries(String name) {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                60,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                body -> Routines.thread("relay-" + name, body),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    private static ConnectionFactory factory(
            RelayConf conf, Optional<ConnectProxy> proxy, int largestBody, ExecutorService deliveries) {
        ConnectionFactory factory = new RelayConnectionFactory(largestBody);
        factory.setHost(conf.host());
        factory.setPort(conf.port());
        factory.setUsername(conf.user());
        factory.setPassword(conf.password());
        factory.setVirtualHost(conf.vhost());
        factory.setConnectionTimeout((int) conf.connectTimeout().toMillis());
        factory.setHandshakeTimeout((int) HANDSHAKE.toMillis());
        factory.setChannelRpcTimeout((int) ANSWER.toMillis());
        factory.setRequestedHeartbeat((int) Math.max(1, conf.heartbeat().toSeconds()));
        factory.setSharedExecutor(deliveries);
        factory.setThreadFactory(body -> Routines.thread("relay-io", body));
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setSocketFactory(new RelaySocketFactory(proxy, conf.tls()));
        return factory;
    }

    /** The library's own loop over the addresses of a host tells of the last one, perhaps one that nobody can reach. */
    private static Connection direct(ConnectionFactory factory, RelayConf conf, ExecutorService deliveries, String name)
            throws IOException, TimeoutException {
        Optional<Exception> telling = Optional.empty();
        for (Address address : addresses(conf)) {
            try {
                return factory.newConnection(deliveries, new ListAddressResolver(List.of(address)), name);
            } catch (IOException | TimeoutException e) {
                telling = telling.filter(before -> Shutdown.isUnreached(e) || !Shutdown.isUnreached(before))
                        .or(() -> Optional.of(e));
            }
        }
        Exception failure = telling.orElseGet(() -> new IOException("it has no address"));
        if (failure instanceof TimeoutException late) {
            throw late;
        }
        throw (IOException) failure;
    }

    private static List<Address> addresses(RelayConf conf) throws IOException {
        InetAddress[] found = NameLookUp.USUAL.addresses(conf.host());
        return new DnsRecordIpAddressResolver(conf.host(), conf.port()) {
            @Override
            protected InetAddress[] resolveIpAddresses(String hostName) {
                return found;
            }
        }.getAddresses();
    }

    private static Connection through(
            ConnectionFactory factory, RelayConf conf, ExecutorService deliveries, String name)
            throws IOException, TimeoutException {
        // The library's default resolver would look up the relay here, where perhaps only the proxy can.
        ListAddressResolver relay = new ListAddressResolver(List.of(new Address(conf.host(), conf.port())));
        return factory.newConnection(deliveries, relay, name);
    }

    private void block(String reason) {
        log.warn("the relay takes no messages: {}", reason);
        blocked.set(Optional.of(reason));
    }

    private void unblock() {
        log.info("the relay takes messages again");
        blocked.set(Optional.empty());
        whenUnblocked.forEach(Runnable::run);
    }

    /** Calls the listener, which must not block, each time that the broker takes messages again after it took none. */
    public void whenUnblocked(Runnable listener) {
        whenUnblocked.add(listener);
    }

    /** Why the broker takes no messages at the moment, if so: it wants memory or disk. */
    public Optional<String> blocked() {
        return blocked.get();
    }

    /** Completes with the reason when this connection is of no more use. Do not block in what depends on it. */
    public CompletableFuture<String> broken() {
        return broken.copy();
    }

    /** Waits, at most so long, for this connection to be of no more use. */
    boolean breaksWithin(Duration time) throws InterruptedException {
        try {
            broken.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Declares this connection of no more use. */
    void giveUp(String reason) {
        broken.complete(reason);
    }

    static Duration farewell() {
        return FAREWELL;
    }

    public boolean isUsable() {
        return !broken.isDone();
    }

    /** Declares the exchanges, and the queues of heartbeats and results: the scheduler's part. */
    public void declareScheduler() throws RelayException {
        onOwnChannel("declare exchanges and queues", channel -> {
            channel.exchangeDeclare(Topology.EXCHANGE, BuiltinExchangeType.DIRECT, true, false, NO_ARGUMENTS);
            channel.exchangeDeclare(Topology.EVENT_EXCHANGE, BuiltinExchangeType.TOPIC, true, false, NO_ARGUMENTS);
            bind(channel, Topology.HEARTBEATS, Topology.EXCHANGE, Topology.HEARTBEATS);
            bind(channel, Topology.RESULTS, Topology.EXCHANGE, Topology.RESULTS);
            return "";
        });
    }

    /** Declares and binds an agent's queue: the agent's part, which fails until a scheduler has done its own. */
    public void declareAgent(QueueLoc queueLoc) throws RelayException {
        String queue = Topology.queue(queueLoc);
        onOwnChannel("declare the agent's queue", channel -> bind(channel, queue, Topology.EXCHANGE, queue));
    }

    /** Declares an event worker's queue and binds it to one kind of event. */
    public void declareWorker(String worker, String eventKey) throws RelayException {
        String queue = Topology.workerQueue(worker);
        onOwnChannel("declare queue " + queue, channel -> bind(channel, queue, Topology.EVENT_EXCHANGE, eventKey));
    }

    private static String bind(Channel channel, String queue, String exchange, String key) throws IOException {
        channel.queueDeclare(queue, true, false, false, NO_ARGUMENTS);
        channel.queueBind(queue, exchange, key, NO_ARGUMENTS);
        return queue;
    }

    /** Looks at a queue; empty if there is none. */
    public Optional<QueueState> inspect(String queue) throws RelayException {
        return unlessMissing("inspect queue " + queue, channel -> {
            AMQP.Queue.DeclareOk state = channel.queueDeclarePassive(queue);
            return new QueueState(state.getMessageCount(), state.getConsumerCount());
        });
    }

    /** Deletes a queue with what it holds; does nothing if there is none. */
    public void deleteQueue(String queue) throws RelayException {
        unlessMissing("delete queue " + queue, channel -> channel.queueDelete(queue));
    }

    /**
     * Deletes a queue that nobody reads and that holds nothing, as the broker sees it at that moment.
     *
     * @return false if there is none, or it is in use
     */
    public boolean deleteIdleQueue(String queue) throws RelayException {
        // Brokers say that they have deleted what was never there.
        if (inspect(queue).filter(QueueState::isIdle).isEmpty()) {
            return false;
        }
        try {
            onOwnChannel("delete queue " + queue, channel -> channel.queueDelete(queue, true, true));
            return true;
        } catch (RelayException e) {
            if (Shutdown.isPreconditionFailed(e) || Shutdown.isNotFound(e)) {
                return false;
            }
            throw e;
        }
    }

    private interface Work<T> {
        T on(Channel channel) throws IOException;
    }

    private <T> Optional<T> unlessMissing(String what, Work<T> work) throws RelayException {
        try {
            return Optional.of(onOwnChannel(what, work));
        } catch (RelayException e) {
            if (Shutdown.isNotFound(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A broker closes the channel of a request that it refuses, so each gets its own. */
    private <T> T onOwnChannel(String what, Work<T> work) throws RelayException {
        try {
            Channel channel = connection.createChannel();
            T result = work.on(channel);
            channel.close();
            return result;
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            String text = "cannot " + what + ": " + Shutdown.text(e);
            throw Shutdown.isRefused(e) ? new RelayRefusedException(text, e) : new RelayException(text, e);
        }
    }

    /** A publisher with a channel of its own. */
    public Publisher publisher() throws RelayException {
        try {
            return new ChannelPublisher(watchedChannel(), clock, blocked::get);
        } catch (IOException | ShutdownSignalException e) {
            throw new RelayException("cannot publish: " + Shutdown.text(e), e);
        }
    }

    /**
     * Takes the messages of a queue, on a channel and in a thread of its own.
     *
     * @param prefetch messages that may be delivered and not acknowledged, 1 to 10,000
     */
    public Consumption consume(String queue, int prefetch, MessageHandler handler) throws RelayException {
        return consume(queue, prefetch, handler, false);
    }

    ChannelConsumption consume(String queue, int prefetch, MessageHandler handler, boolean paused)
            throws RelayException {
        if (prefetch < 1 || prefetch > 10_000) {
            throw new IllegalArgumentException("prefetch is a number from 1 to 10000, not " + prefetch);
        }
        try {
            ChannelConsumption consumption =
                    new ChannelConsumption(watchedChannel(), queue, prefetch, handler, broken::complete);
            if (!paused) {
                consumption.start();
            }
            return consumption;
        } catch (IOException | ShutdownSignalException e) {
            String text = "cannot consume " + queue + ": " + Shutdown.text(e);
            throw Shutdown.isRefused(e) ? new RelayRefusedException(text, e) : new RelayException(text, e);
        }
    }

    private Channel watchedChannel() throws IOException {
        Channel channel = connection.createChannel();
        channel.addShutdownListener(cause -> broken.complete(Shutdown.text(cause)));
        return channel;
    }

    /** Leaves the relay, within 5 s. What was delivered and not acknowledged will be delivered again. */
    @Override
    public void close() {
        broken.complete("closed");
        connection.abort((int) FAREWELL.toMillis());
        deliveries.shutdownNow();
    }
}
