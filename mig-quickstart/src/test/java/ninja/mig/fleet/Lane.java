package ninja.mig.fleet;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import ninja.mig.runtime.Backoff;

/**
 * Some agents on one connection, which comes back by itself: one channel brings their commands, the other takes what they
 * say. What the relay has not confirmed is published again on the next connection.
 */
final class Lane implements AutoCloseable {
    private static final String EXCHANGE = "mig";
    private static final int PREFETCH = 1;

    /** A delivery, on the channel that it came through. */
    interface Inbox {
        void take(SimulatedAgent agent, byte[] body, boolean redelivered, Runnable ack);
    }

    private final List<SimulatedAgent> agents;
    private final ConnectionFactory factory;
    private final ScheduledExecutorService timer;
    private final Inbox inbox;
    private final Tally tally;
    private final Consumer<Lane> onChange;
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
    private final Queue<Publication> waiting = new ArrayDeque<>();
    private Link link;
    private boolean closed;

    /** One connection's life. */
    private record Link(
            Connection connection, Channel commands, Channel outgoing, NavigableMap<Long, Publication> unconfirmed) {}

    /** @param onChange told when the agents are connected, and when they no longer are */
    Lane(
            List<SimulatedAgent> agents,
            ConnectionFactory factory,
            ScheduledExecutorService timer,
            Inbox inbox,
            Tally tally,
            Consumer<Lane> onChange) {
        this.agents = agents;
        this.factory = factory;
        this.timer = timer;
        this.inbox = inbox;
        this.tally = tally;
        this.onChange = onChange;
    }

    List<SimulatedAgent> agents() {
        return agents;
    }

    synchronized boolean isConnected() {
        return link != null;
    }

    /** Tries until it succeeds. */
    void connect() {
        try {
            Link opened = open();
            synchronized (this) {
                if (closed) {
                    opened.connection.abort();
                    return;
                }
                link = opened;
                backoff.reset();
                for (int i = waiting.size(); i > 0; i--) {
                    transmit(waiting.remove());
                }
            }
            opened.connection.addShutdownListener(cause -> lost(opened));
            onChange.accept(this);
        } catch (IOException | TimeoutException | ShutdownSignalException notYet) {
            connectLater();
        }
    }

    private synchronized void connectLater() {
        if (!closed) {
            timer.schedule(this::connect, backoff.next().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Queues, bindings and consumers of the agents are there when this returns. */
    private Link open() throws IOException, TimeoutException {
        Connection connection = factory.newConnection("mig-fleet");
        try {
            Link opened = new Link(
                    connection, connection.createChannel(), connection.createChannel(), new ConcurrentSkipListMap<>());
            opened.outgoing.confirmSelect();
            opened.outgoing.addConfirmListener(
                    (tag, multiple) -> confirmed(opened, tag, multiple)
                            .forEach(p -> p.confirmed().complete(null)),
                    (tag, multiple) -> confirmed(opened, tag, multiple).forEach(p -> timer.execute(() -> publish(p))));
            opened.outgoing.addReturnListener(returned -> tally.returned.increment());
            opened.commands.basicQos(PREFETCH);
            for (SimulatedAgent agent : agents) {
                opened.commands.queueDeclare(agent.queue(), true, false, false, null);
                opened.commands.queueBind(agent.queue(), EXCHANGE, agent.queue());
                opened.commands.basicConsume(agent.queue(), false, consumer(agent, opened.commands));
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            connection.abort();
            throw e;
        }
    }

    /** Takes no lock: the connection's own thread calls it, for which a publisher may be waiting. */
    private static Collection<Publication> confirmed(Link of, long tag, boolean multiple) {
        if (!multiple) {
            Publication one = of.unconfirmed.remove(tag);
            return one == null ? List.of() : List.of(one);
        }
        NavigableMap<Long, Publication> all = of.unconfirmed.headMap(tag, true);
        List<Publication> confirmed = List.copyOf(all.values());
        all.clear();
        return confirmed;
    }

    private DefaultConsumer consumer(SimulatedAgent agent, Channel channel) {
        return new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                inbox.take(agent, body, envelope.isRedeliver(), () -> ack(channel, envelope.getDeliveryTag()));
            }
        };
    }

    private static void ack(Channel channel, long tag) {
        try {
            channel.basicAck(tag, false);
        } catch (IOException | AlreadyClosedException gone) {
            // The relay delivers it again, and the fleet knows its id.
        }
    }

    private void lost(Link gone) {
        synchronized (this) {
            if (closed || link != gone) {
                return;
            }
            link = null;
            waiting.addAll(gone.unconfirmed.values());
            gone.unconfirmed.clear();
        }
        tally.cuts.increment();
        onChange.accept(this);
        connectLater();
    }

    /** Now, or when there is a connection again; as often as it takes. */
    synchronized void publish(Publication publication) {
        if (link == null) {
            waiting.add(publication);
        } else {
            transmit(publication);
        }
    }

    private void transmit(Publication publication) {
        try {
            link.unconfirmed.put(link.outgoing.getNextPublishSeqNo(), publication);
            link.outgoing.basicPublish(
                    EXCHANGE, publication.queue(), true, publication.properties(), publication.body());
        } catch (IOException | AlreadyClosedException gone) {
            // It is among the unconfirmed: the next connection takes them.
        }
    }

    @Override
    public void close() {
        Link last;
        synchronized (this) {
            closed = true;
            last = link;
            link = null;
        }
        if (last != null) {
            last.connection.abort((int) Duration.ofSeconds(5).toMillis());
        }
    }
}
