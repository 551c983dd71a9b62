package ninja.mig.relay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    /** Tells the relay to forget it, as soon as those that were delivered before it are done with. From any thread, once or more. */
    public void ack() {
        channel.ack(tag);
    }

    /** Acknowledges a batch at once. */
    public static void ackAll(Collection<Delivery> batch) {
        Map<Unacknowledged, List<Long>> tags = new HashMap<>();
        batch.forEach(
                d -> tags.computeIfAbsent(d.channel, c -> new ArrayList<>()).add(d.tag));
        tags.forEach(Unacknowledged::ack);
    }

    @Override
    public String toString() {
        return "message of " + body.length + " bytes by " + routingKey;
    }
}
