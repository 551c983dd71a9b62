package ninja.mig.relay;

import java.util.Optional;

/** A consumption that goes on over one connection after another. */
final class LastingConsumption implements Consumption {
    private final String queue;
    private final int prefetch;
    private final MessageHandler handler;
    private Optional<RelayConnection> connection = Optional.empty();
    private Optional<Consumption> current = Optional.empty();
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
