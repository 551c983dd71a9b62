package ninja.mig.relay;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The delivery tags of one channel that the relay waits for. */
final class Unacknowledged {
    private static final Logger log = LoggerFactory.getLogger(Unacknowledged.class);

    /** Sends an acknowledgement; {@code multiple} includes all lower tags. */
    @FunctionalInterface
    interface Sender {
        void send(long tag, boolean multiple) throws IOException;
    }

    private final Sender sender;
    private final TreeSet<Long> outstanding = new TreeSet<>();
    private boolean closed;

    Unacknowledged(Sender sender) {
        this.sender = sender;
    }

    static Unacknowledged detached(Runnable onAck) {
        Unacknowledged channel = new Unacknowledged((tag, multiple) -> onAck.run());
        channel.delivered(1);
        return channel;
    }

    synchronized void delivered(long tag) {
        outstanding.add(tag);
    }

    /** The channel is gone, and its tags mean nothing any more. */
    synchronized void close() {
        closed = true;
        outstanding.clear();
    }

    /** Tags that are not outstanding are left out: a broker closes the channel on one that it does not know. */
    synchronized void ack(Set<Long> tags) {
        if (closed) {
            log.debug("{} acknowledgements of a closed channel ignored", tags.size());
            return;
        }
        TreeSet<Long> due = new TreeSet<>(tags);
        due.retainAll(outstanding);
        outstanding.removeAll(due);
        try {
            send(due);
        } catch (IOException | com.rabbitmq.client.ShutdownSignalException e) {
            log.debug("the channel was closed before its acknowledgements", e);
        }
    }

    private void send(TreeSet<Long> due) throws IOException {
        long free = outstanding.isEmpty() ? Long.MAX_VALUE : outstanding.first();
        Set<Long> lowest = Set.copyOf(due.headSet(free));
        if (lowest.size() > 1) {
            sender.send(due.headSet(free).last(), true);
            due.removeAll(lowest);
        }
        for (long tag : due) {
            sender.send(tag, false);
        }
    }
}
