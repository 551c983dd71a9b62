package ninja.mig.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Takes messages as fast as the broker gives them and does nothing with them: prefetch 1000, acknowledged by the batch. */
final class BareConsumer implements AutoCloseable {
    private static final int PREFETCH = 1000;
    private static final int BATCH = 250;

    private final Channel channel;
    private final CompletableFuture<Long> last = new CompletableFuture<>();

    /** Begins at once. */
    BareConsumer(Connection connection, String queue, long expected) throws IOException {
        channel = connection.createChannel();
        channel.basicQos(PREFETCH);
        channel.basicConsume(queue, false, new DefaultConsumer(channel) {
            private long taken;

            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                taken++;
                if (taken % BATCH == 0 || taken == expected) {
                    channel.basicAck(envelope.getDeliveryTag(), true);
                }
                if (taken == expected) {
                    last.complete(System.nanoTime());
                }
            }
        });
    }

    /** @return when the last message was acknowledged, by {@link System#nanoTime} */
    long await() throws Exception {
        return last.get(10, TimeUnit.MINUTES);
    }

    @Override
    public void close() throws Exception {
        channel.close();
    }
}
