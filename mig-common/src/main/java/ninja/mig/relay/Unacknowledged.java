package ninja.mig.relay;

import java.io.IOException;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery tags of one channel that the relay waits for. They are acknowledged in their order, as many as possible in
 * one frame: a tag whose turn has not come waits for those before it. A broker spends as much on the frame of one
 * acknowledgement as on the delivery of a message.
 */
final class Unacknowledged {
    private static final Logger log = LoggerFactory.getLogger(Unacknowledged.class);

    /** Acknowledges this tag and all lower ones. */
    @FunctionalInterface
    interface Sender {
        void send(long tag) throws IOException;
    }

    private final Sender sender;

    /** Everything below is acknowledged. */
    private long first = 1;

    /** One above the highest tag that was delivered. */
    private long next = 1;

    /** Counted from {@link #first}: what is done with and not acknowledged yet. */
    private BitSet done = new BitSet();

    private boolean closed;

    Unacknowledged(Sender sender) {
        this.sender = sender;
    }

    static Unacknowledged detached(Runnable onAck) {
        Unacknowledged channel = new Unacknowledged(tag -> onAck.run());
        channel.delivered(1);
        return channel;
    }

    /** Tags come in order, without gaps. */
    synchronized void delivered(long tag) {
        next = tag + 1;
    }

    /** How many were acknowledged. */
    synchronized long acknowledged() {
        return first - 1;
    }

    /** Whether everything that was delivered is acknowledged. */
    synchronized boolean isEmpty() {
        return first == next;
    }

    /** The channel is gone, and its tags mean nothing any more. */
    synchronized void close() {
        closed = true;
        done.clear();
    }

    /** Tags that are not outstanding are left out: a broker closes the channel on one that it does not know. */
    synchronized void ack(Collection<Long> tags) {
        if (closed) {
            log.debug("{} acknowledgements of a closed channel ignored", tags.size());
            return;
        }
        tags.stream().filter(tag -> tag >= first && tag < next).forEach(tag -> done.set(Math.toIntExact(tag - first)));
        int ready = done.nextClearBit(0);
        if (ready == 0) {
            return;
        }
        first += ready;
        done = done.get(ready, done.length());
        try {
            sender.send(first - 1);
        } catch (IOException | com.rabbitmq.client.ShutdownSignalException e) {
            log.debug("the channel was closed before its acknowledgements", e);
        }
    }

    void ack(long tag) {
        ack(List.of(tag));
    }
}
