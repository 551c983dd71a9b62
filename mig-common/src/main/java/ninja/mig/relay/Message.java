package ninja.mig.relay;

import java.time.Duration;

/**
 * What is published: persistent, {@code text/plain}.
 *
 * @param expiration how long the relay keeps it in a queue; more than 49 days become 49 days, which brokers accept
 * @param mandatory whether it matters that a queue takes it
 */
public record Message(String exchange, String routingKey, byte[] body, Duration expiration, boolean mandatory) {
    private static final Duration EVENT_EXPIRATION = Duration.ofMinutes(100);
    private static final long LONGEST = 0xFFFF_FFFFL;

    public Message {
        if (expiration.isNegative()) {
            throw new IllegalArgumentException("a message to " + routingKey + " would expire " + expiration + " ago");
        }
    }

    /** To a queue of commands, heartbeats or results. */
    public static Message to(String queue, byte[] body, Duration expiration) {
        return new Message(Topology.EXCHANGE, queue, body, expiration, true);
    }

    /** An event; nobody needs to listen. */
    public static Message event(String key, byte[] body) {
        return new Message(Topology.EVENT_EXCHANGE, key, body, EVENT_EXPIRATION, false);
    }

    /** Milliseconds in decimal digits; brokers close the channel at anything else. */
    String expirationText() {
        return Long.toString(Math.min(expiration.toMillis(), LONGEST));
    }

    @Override
    public String toString() {
        return "message of " + body.length + " bytes to " + exchange + " " + routingKey;
    }
}
