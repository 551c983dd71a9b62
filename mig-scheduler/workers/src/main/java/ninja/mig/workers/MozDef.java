package ninja.mig.workers;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.json.MigJson;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.Relay;
import ninja.mig.relay.RelayException;
import ninja.mig.relay.RelayRefusedException;
import ninja.mig.runtime.Closer;

/** Hands events to MozDef. */
final class MozDef {
    private static final int CHUNK = 500;
    private static final Duration CONFIRM = Duration.ofSeconds(30);

    /** How long MozDef's broker keeps an event: as long as a message can have a limit. */
    private static final Duration KEPT = Duration.ofDays(49);

    private final Publisher publisher;
    private final String exchange;
    private final String routingKey;

    MozDef(Publisher publisher, String exchange, String routingKey) {
        this.publisher = publisher;
        this.exchange = exchange;
        this.routingKey = routingKey;
    }

    /**
     * Connects to MozDef's broker. If it is away it is tried again in the background.
     *
     * @throws RelayRefusedException if it refuses the user
     */
    static MozDef connect(MozDefConf conf, String worker, Clock clock, Closer closer)
            throws RelayRefusedException, InterruptedException {
        Relay relay = closer.register(Relay.start(conf.relay(), worker + "-mozdef", clock, connection -> {
            // MozDef declares what is its own.
        }));
        return new MozDef(relay, conf.exchange(), conf.routingKey());
    }

    /**
     * Returns when MozDef has every event.
     *
     * @throws RelayException if it does not have them all; it may have some
     */
    void send(List<MozDefEvent> events) throws RelayException, InterruptedException {
        for (int from = 0; from < events.size(); from += CHUNK) {
            sendChunk(events.subList(from, Math.min(events.size(), from + CHUNK)));
        }
    }

    private void sendChunk(List<MozDefEvent> chunk) throws RelayException, InterruptedException {
        List<CompletableFuture<Published>> sent =
                chunk.stream().map(this::message).map(publisher::publish).toList();
        try {
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                    .get(CONFIRM.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new RelayException("MozDef did not confirm within " + CONFIRM.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new RelayException(
                    "MozDef does not take events: " + e.getCause().getMessage(), e.getCause());
        }
        if (sent.stream().anyMatch(s -> s.join() == Published.UNROUTABLE)) {
            throw new RelayException("MozDef has no queue for " + routingKey + " at exchange " + exchange);
        }
    }

    private Message message(MozDefEvent event) {
        return new Message(exchange, routingKey, MigJson.bytes(event), KEPT, true);
    }
}
