package ninja.mig.relay;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Publishes on one channel with confirms. A return decides that a message was unroutable, whatever the confirm says:
 * RabbitMQ sends the return and then a confirm, Qpid a negative confirm and the return.
 */
final class ChannelPublisher implements Publisher {
    private static final int PERSISTENT = 2;
    private static final Executor AFTER_GRACE = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    private static final class Pending {
        final CompletableFuture<Published> result = new CompletableFuture<>();
        volatile boolean returned;
        volatile boolean refused;
    }

    private final Channel channel;
    private final Clock clock;
    private final Supplier<Optional<String>> blocked;
    private final ConcurrentSkipListMap<Long, Pending> pending = new ConcurrentSkipListMap<>();
    private final Object lock = new Object();

    /** @param blocked why the relay takes no messages at the moment, if so */
    ChannelPublisher(Channel channel, Clock clock, Supplier<Optional<String>> blocked) throws IOException {
        this.channel = channel;
        this.clock = clock;
        this.blocked = blocked;
        channel.addReturnListener(this::returned);
        channel.addConfirmListener(this::confirmed, this::refused);
        channel.addShutdownListener(this::lost);
        channel.confirmSelect();
    }

    @Override
    public CompletableFuture<Published> publish(Message message) {
        Optional<String> reason = blocked.get();
        if (reason.isPresent()) {
            return CompletableFuture.failedFuture(new RelayException("the relay takes no messages: " + reason.get()));
        }
        Pending entry = new Pending();
        synchronized (lock) { // the number and the message must be taken together
            long number = channel.getNextPublishSeqNo();
            pending.put(number, entry);
            try {
                channel.basicPublish(
                        message.exchange(),
                        message.routingKey(),
                        message.mandatory(),
                        properties(message, number),
                        message.body());
            } catch (IOException e) {
                pending.remove(number);
                entry.result.completeExceptionally(lostOnTheWay(e));
            } catch (ShutdownSignalException e) {
                pending.remove(number);
                entry.result.completeExceptionally(new RelayException("the relay is away: " + Shutdown.text(e), e));
            }
        }
        if (!channel.isOpen()) {
            lost(channel.getCloseReason()); // it may have closed between the listener and our entry
        }
        return entry.result;
    }

    /** A return has no number of its own, so the message carries it. */
    private AMQP.BasicProperties properties(Message message, long number) {
        return new AMQP.BasicProperties.Builder()
                .deliveryMode(PERSISTENT)
                .contentType("text/plain")
                .timestamp(Date.from(clock.instant()))
                .expiration(message.expirationText())
                .messageId(Long.toString(number))
                .build();
    }

    private void returned(Return message) {
        Pending entry = pending.get(Long.valueOf(message.getProperties().getMessageId()));
        if (entry != null) {
            entry.returned = true;
            if (entry.refused) {
                entry.result.complete(Published.UNROUTABLE);
            }
        }
    }

    private void confirmed(long tag, boolean multiple) {
        for (long number : upTo(tag, multiple)) {
            Pending entry = pending.remove(number);
            if (entry != null) {
                entry.result.complete(entry.returned ? Published.UNROUTABLE : Published.CONFIRMED);
            }
        }
    }

    private void refused(long tag, boolean multiple) {
        for (long number : upTo(tag, multiple)) {
            Pending entry = pending.get(number);
            if (entry != null) {
                entry.refused = true;
                if (entry.returned) {
                    settleRefused(number, entry);
                } else {
                    AFTER_GRACE.execute(() -> settleRefused(number, entry));
                }
            }
        }
    }

    private void settleRefused(long number, Pending entry) {
        pending.remove(number);
        if (entry.returned) {
            entry.result.complete(Published.UNROUTABLE);
        } else {
            entry.result.completeExceptionally(new RelayException("the relay could not keep the message"));
        }
    }

    private List<Long> upTo(long tag, boolean multiple) {
        return multiple ? List.copyOf(pending.headMap(tag, true).keySet()) : List.of(tag);
    }

    private void lost(ShutdownSignalException cause) {
        failAll(lostOnTheWay(cause));
    }

    private static LostOnTheWayException lostOnTheWay(Exception cause) {
        return new LostOnTheWayException(
                "the relay is away: " + Shutdown.text(cause), Shutdown.isRefusedMessage(cause), cause);
    }

    private void failAll(LostOnTheWayException reason) {
        for (long number : List.copyOf(pending.keySet())) {
            Pending entry = pending.remove(number);
            if (entry != null) {
                entry.result.completeExceptionally(reason);
            }
        }
    }
}
