package ninja.mig.relay;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import ninja.mig.runtime.ClosedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes one queue on one channel, until the channel ends. It begins with one message at a time and asks for twice as
 * many whenever as many as it asked for are done with, up to the prefetch: whatever huge messages somebody has put into
 * the queue, each new beginning gets past some of them in little memory.
 */
final class ChannelConsumption implements Consumption {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final Channel channel;
    private final String queue;
    private final int prefetch;
    private final MessageHandler handler;
    private final Consumer<String> onEnd;
    private final Unacknowledged unacknowledged;
    private int window = 1;
    private long windowFull = 1;
    private String tag = "";
    private volatile boolean ended;
    private volatile boolean taking;
    private volatile long lastTaken = System.nanoTime();

    /** @param onEnd told why this consumption is over */
    ChannelConsumption(Channel channel, String queue, int prefetch, MessageHandler handler, Consumer<String> onEnd)
            throws IOException {
        this.channel = channel;
        this.queue = queue;
        this.prefetch = prefetch;
        this.handler = handler;
        this.onEnd = onEnd;
        this.unacknowledged = new Unacknowledged(tag -> channel.basicAck(tag, true));
        channel.addShutdownListener(cause -> unacknowledged.close());
        channel.basicQos(window);
    }

    @Override
    public synchronized void pause() {
        taking = false;
        if (tag.isEmpty()) {
            return;
        }
        try {
            channel.basicCancel(tag);
            tag = "";
        } catch (IOException | ShutdownSignalException e) {
            end("cannot stop consuming " + queue + ": " + Shutdown.text(e));
        }
    }

    @Override
    public synchronized void resume() {
        try {
            start();
        } catch (IOException | ShutdownSignalException e) {
            end("cannot consume " + queue + ": " + Shutdown.text(e));
        }
    }

    synchronized void start() throws IOException {
        if (tag.isEmpty()) {
            tag = channel.basicConsume(queue, false, new Deliveries());
            lastTaken = System.nanoTime();
            taking = true;
        }
    }

    /**
     * Whether it takes messages, none came for so long, and it is not this program's fault: every message that came was
     * acknowledged.
     */
    boolean isSilent(Duration since) {
        return taking && !ended && unacknowledged.isEmpty() && System.nanoTime() - lastTaken >= since.toNanos();
    }

    private final class Deliveries extends DefaultConsumer {
        Deliveries() {
            super(channel);
        }

        @Override
        public void handleDelivery(
                String consumerTag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            lastTaken = System.nanoTime();
            widen();
            unacknowledged.delivered(envelope.getDeliveryTag());
            Delivery delivery = new Delivery(
                    unacknowledged, envelope.getDeliveryTag(), envelope.getRoutingKey(), envelope.isRedeliver(), body);
            handle(delivery);
        }

        @Override
        public void handleCancel(String consumerTag) {
            end("queue " + queue + " was taken away");
        }
    }

    /** The new number counts for those who begin to consume. */
    private synchronized void widen() {
        long acknowledged = unacknowledged.acknowledged();
        if (window == prefetch || acknowledged < windowFull) {
            return;
        }
        window = Math.min(2 * window, prefetch);
        windowFull = acknowledged + window;
        try {
            channel.basicQos(window);
            if (!tag.isEmpty()) {
                channel.basicCancel(tag);
                tag = channel.basicConsume(queue, false, new Deliveries());
            }
        } catch (IOException | ShutdownSignalException e) {
            end("cannot consume " + queue + ": " + Shutdown.text(e));
        }
    }

    private void end(String reason) {
        ended = true;
        onEnd.accept(reason);
    }

    private void handle(Delivery delivery) {
        if (ended) {
            return; // the relay will deliver it again
        }
        try {
            handler.handle(delivery);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end("interrupted while handling a message of " + queue);
        } catch (ClosedException e) {
            log.debug("a message of {} came after the end, and will be delivered again", queue, e);
        } catch (RuntimeException e) {
            log.error("discarding a message of {} that meets a defect", queue, e);
            delivery.ack();
        } catch (Exception e) {
            log.error("a message of {} cannot be handled now", queue, e);
            end("messages of " + queue + " cannot be handled now: " + e.getMessage());
        }
    }
}
