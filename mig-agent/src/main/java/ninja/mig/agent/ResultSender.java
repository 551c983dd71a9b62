package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.MigId;
import ninja.mig.model.QueueLoc;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.RelayException;
import ninja.mig.relay.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends answers, oldest first, and keeps each on disk until the relay has confirmed that a queue holds it. The answers of
 * a relay that was away, or of an agent that died, are sent when both are back.
 */
final class ResultSender {
    private static final Logger log = LoggerFactory.getLogger(ResultSender.class);

    private static final Duration SHORTEST_LIFE = Duration.ofHours(24);
    private static final int HEARTBEATS_OF_LIFE = 10;

    /** An answer that ends the connection so often, and is large, is too large for this relay. */
    private static final int ATTEMPTS = 4;

    private static final int LARGE = 1 << 20;

    private final Outbox outbox;
    private final RelayLink link;
    private final QueueLoc self;
    private final Duration expiration;
    private volatile Runnable wake = () -> {};
    private Optional<Path> failing = Optional.empty();
    private int attempts;
    private boolean unroutable;

    /** @param heartbeatFreq of this agent: the life of messages is counted in heartbeats */
    ResultSender(Outbox outbox, RelayLink link, QueueLoc self, Duration heartbeatFreq) {
        this.outbox = outbox;
        this.link = link;
        this.self = self;
        Duration heartbeats = heartbeatFreq.multipliedBy(HEARTBEATS_OF_LIFE);
        this.expiration = heartbeats.compareTo(SHORTEST_LIFE) > 0 ? heartbeats : SHORTEST_LIFE;
    }

    /** @param routine wakes the routine that calls {@link #sendAll} */
    void wakes(Runnable routine) {
        wake = routine;
    }

    /**
     * Takes over the answer of a command that has run; it is on disk when this returns, and sent soon.
     *
     * @param afterwards is run when the answer is on disk, and before it can be forgotten
     */
    void send(MigId command, byte[] answer, Outbox.Afterwards afterwards) throws IOException {
        outbox.keep(command, answer, afterwards);
        wake.run();
    }

    /** As {@link #send}, for a command that did not run and may come again. */
    void sendRefusal(MigId command, byte[] refusal) throws IOException {
        outbox.keepRefusal(command, refusal);
        wake.run();
    }

    /** Whether the answer of a command that has run waits for the relay. */
    boolean holds(MigId command) throws IOException {
        return outbox.holds(command);
    }

    /** Whether every answer has been confirmed. */
    boolean isDone() throws IOException {
        return outbox.isEmpty();
    }

    /** Sends what waits, as long as the relay takes it. */
    synchronized void sendAll() throws IOException, InterruptedException {
        boolean going = true;
        while (going && link.isUp()) {
            Optional<Path> answer = outbox.oldest();
            going = answer.isPresent() && publish(answer.get());
        }
    }

    /** @return false if the others should wait too */
    private boolean publish(Path answer) throws IOException, InterruptedException {
        byte[] body;
        try {
            body = Files.readAllBytes(answer);
        } catch (NoSuchFileException e) {
            return true; // another process of this agent has sent it
        }
        try {
            if (link.publish(Message.to(Topology.RESULTS, body, expiration)) == Published.CONFIRMED) {
                outbox.remove(answer);
                failing = Optional.empty();
                unroutable = false;
                return true;
            }
            if (!unroutable) {
                log.error("the relay has no queue {}: results wait until a scheduler has made it", Topology.RESULTS);
                unroutable = true;
            }
            return false;
        } catch (RelayException e) {
            log.warn("a result waits for the relay: {}", e.getMessage());
            countFailure(answer, body);
            return false;
        }
    }

    private void countFailure(Path answer, byte[] body) throws IOException {
        attempts = failing.equals(Optional.of(answer)) ? attempts + 1 : 1;
        failing = Optional.of(answer);
        if (attempts >= ATTEMPTS && body.length > LARGE) {
            log.error("the relay does not take {} bytes of results, a note is sent instead", body.length);
            outbox.replace(answer, note(body));
            failing = Optional.empty();
        }
    }

    private byte[] note(byte[] body) throws IOException {
        try {
            JsonNode tree = MigJson.tree(body);
            return ReceivedCommand.of(tree)
                    .refusal("the results are too large for the relay: " + body.length + " bytes", self);
        } catch (MalformedJsonException e) {
            throw new IOException("an answer in the outbox is damaged", e);
        }
    }
}
