package ninja.mig.relay;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A message that the relay delivered and keeps until it is acknowledged. After a reconnect an acknowledgement does
 * nothing: the relay delivers the message again.
 */
public final class Delivery {
    private final Unacknowledged channel;
    private final long tag;
    private final String routingKey;
    private final boolean redelivered;
    private final byte[] body;

    Delivery(Unacknowledged channel, long tag, String routingKey, boolean redelivered, byte[] body) {
        this.channel = channel;
        this.tag = tag;
        this.routingKey = routingKey;
        this.redelivered = redelivered;
        this.body = body;
    }

    /** A message that came from no relay, for tests of handlers. {@code onAck} is run at each acknowledgement. */
    public static Delivery detached(String routingKey, byte[] body, Runnable onAck) {
        return new Delivery(Unacknowledged.detached(onAck), 1, routingKey, false, body);
    }

    public byte[] body() {
        return body;
    }

    public String routingKey() {
        return routingKey;
    }

    /** Whether it was delivered before, perhaps to somebody else, and not acknowledged. */
    public boolean redelivered() {
        return redelivered;
    }

    /** Tells the relay to forget it. From any thread, once or more. */
    public void ack() {
        channel.ack(Set.of(tag));
    }

    /** Acknowledges a batch, in as few frames as its order allows. */
    public static void ackAll(Collection<Delivery> batch) {
        Map<Unacknowledged, Set<Long>> tags = new HashMap<>();
        batch.forEach(d -> tags.computeIfAbsent(d.channel, c -> new HashSet<>()).add(d.tag));
        tags.forEach(Unacknowledged::ack);
    }

    @Override
    public String toString() {
        return "message of " + body.length + " bytes by " + routingKey;
    }
}
