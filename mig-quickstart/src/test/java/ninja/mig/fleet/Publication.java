package ninja.mig.fleet;

import com.rabbitmq.client.AMQP;
import java.time.Duration;
import java.util.Date;
import java.util.concurrent.CompletableFuture;

/** A message on its way to a queue of the scheduler, as agents publish them: {@code confirmed} once the relay has it. */
record Publication(String queue, byte[] body, CompletableFuture<Void> confirmed) {
    private static final String EXPIRATION =
            Long.toString(Duration.ofMinutes(50).toMillis()); // ten heartbeats, five minutes apart

    Publication(String queue, byte[] body) {
        this(queue, body, new CompletableFuture<>());
    }

    AMQP.BasicProperties properties() {
        return new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .deliveryMode(2)
                .timestamp(new Date())
                .expiration(EXPIRATION)
                .build();
    }
}
