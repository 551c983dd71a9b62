package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.model.MigId;
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

    /** Nothing larger is ever sent: there is no memory for it. */
    private static final int LARGEST = Answer.MAX_RESULTS + ReceivedCommand.MAX_ACTION + (1 << 20);

    private final Outbox outbox;
    private final RelayLink link;
    private final Duration expiration;
    private volatile Runnable wake = () -> {};
    private Optional<Path> failing = Optional.empty();
    private int attempts;
    private boolean unroutable;

    /** @param heartbeatFreq of this agent: the life of messages is counted in heartbeats */
    ResultSender(Outbox outbox, RelayLink link, Duration heartbeatFreq) {
        this.outbox = outbox;
        this.link = link;
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
    void send(MigId command, Answer answer, Outbox.Afterwards afterwards) throws IOException {
        outbox.keep(command, answer, afterwards);
        wake.run();
    }

    /** As {@link #send}, for a command that did not run and may come again. */
    void sendRefusal(MigId command, Answer refusal) throws IOException {
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
        try {
            if (Files.size(answer) > LARGEST) {
                replace(answer);
                return true;
            }
            return publish(answer, RunDir.read(answer));
        } catch (NoSuchFileException e) {
            return true; // another process of this agent has sent it
        } catch (IOException e) {
            log.error("the answer {} cannot be read, and is put aside: {}", answer.getFileName(), e.toString());
            outbox.setAside(answer);
            return true;
        } catch (OutOfMemoryError e) {
            log.error("there is not enough memory now for the answer {}", answer.getFileName(), e);
            countFailure(answer);
            return false;
        }
    }

    private boolean publish(Path answer, byte[] body) throws IOException, InterruptedException {
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
            countFailure(answer);
            return false;
        }
    }

    private void countFailure(Path answer) throws IOException {
        attempts = failing.equals(Optional.of(answer)) ? attempts + 1 : 1;
        failing = Optional.of(answer);
        if (attempts >= ATTEMPTS && Files.size(answer) > LARGE) {
            replace(answer);
            failing = Optional.empty();
        }
    }

    private void replace(Path answer) throws IOException {
        long size = Files.size(answer);
        log.error("{} bytes of results cannot be sent to the relay, a note is sent instead", size);
        try {
            outbox.replace(
                    answer,
                    Answer.withoutResults(answer, "the results are too large for the relay: " + size + " bytes"));
        } catch (MalformedJsonException e) {
            throw new IOException("it is damaged", e);
        }
    }
}
