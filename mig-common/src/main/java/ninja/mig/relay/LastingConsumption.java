package ninja.mig.relay;

import java.time.Duration;
import java.util.Optional;

/** A consumption that goes on over one connection after another. */
final class LastingConsumption implements Consumption {
    private final String queue;
    private final int prefetch;
    private final MessageHandler handler;
    private Optional<RelayConnection> connection = Optional.empty();
    private Optional<ChannelConsumption> current = Optional.empty();
    private boolean paused;

    LastingConsumption(String queue, int prefetch, MessageHandler handler) {
        this.queue = queue;
        this.prefetch = prefetch;
        this.handler = handler;
    }

    /** Goes on over this connection; does nothing if it does already. */
    synchronized void attach(RelayConnection next) throws RelayException {
        if (connection.filter(c -> c == next).isEmpty()) {
            current = Optional.of(next.consume(queue, prefetch, handler, paused));
            connection = Optional.of(next);
        }
    }

    /**
     * Why this consumption seems to be deaf: no message came for so long, though messages wait in its queue, or the broker
     * knows nobody who takes them. Empty if it is not, or if it is quiet for good reasons: paused, or with messages that
     * are not acknowledged.
     */
    Optional<String> deafness(RelayConnection connection, Duration patience) throws RelayException {
        if (!isSilent(patience)) {
            return Optional.empty();
        }
        Optional<QueueState> state = connection.inspect(queue);
        boolean hears =
                state.isPresent() && state.get().messages() == 0 && state.get().consumers() > 0;
        if (hears || !isSilent(patience)) {
            return Optional.empty();
        }
        return Optional.of(state.map(s -> "queue %s holds %d messages for %d consumers, and none came for %d s"
                        .formatted(queue, s.messages(), s.consumers(), patience.toSeconds()))
                .orElse("queue " + queue + " is gone"));
    }

    private synchronized boolean isSilent(Duration since) {
        return current.filter(c -> c.isSilent(since)).isPresent();
    }

    /** As {@link #attach}; if it fails, the connection is given up, to be made again with this consumption. */
    void attachOrBreak(RelayConnection next) {
        try {
            attach(next);
        } catch (RelayException e) {
            next.giveUp(e.getMessage());
        }
    }

    @Override
    public synchronized void pause() {
        paused = true;
        current.ifPresent(Consumption::pause);
    }

    @Override
    public synchronized void resume() {
        paused = false;
        current.ifPresent(Consumption::resume);
    }
}
