package ninja.mig.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.model.MigId;
import ninja.mig.relay.LostOnTheWayException;
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

    /** An answer that the relay refuses so often, and that is large, is too large for it. */
    private static final int REFUSALS = 4;

    /** The same of failures that may have other reasons; more than one in a minute count once. */
    private static final int FAILURES = 60;

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int LARGE = 1 << 20;

    /** Nothing larger is ever sent: there is no memory for it. */
    private static final int LARGEST = Answer.MAX_RESULTS + ReceivedCommand.MAX_ACTION + (1 << 20);

    private final Outbox outbox;
    private final Line line;
    private final Duration expiration;
    private volatile Runnable wake = () -> {};
    private boolean unroutable;
    private String reported = "";

    /** The relay has them, but their files cannot be deleted now. */
    private final Set<Path> sent = ConcurrentHashMap.newKeySet();

    /** They can neither be sent nor put aside. */
    private final Set<Path> stuck = ConcurrentHashMap.newKeySet();

    /** The answer that could not be sent the last time, and how often. */
    private Optional<Path> failing = Optional.empty();

    private int refusals;
    private int failures;
    private long lastFailure;
    private boolean tooLarge;

    /** To the relay. */
    interface Line {
        boolean isUp();

        /** @throws RelayException if the relay is away or does not confirm */
        Published publish(Message message) throws RelayException, InterruptedException;
    }

    /** @param heartbeatFreq of this agent: the life of messages is counted in heartbeats */
    ResultSender(Outbox outbox, Line line, Duration heartbeatFreq) {
        this.outbox = outbox;
        this.line = line;
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

    /** Whether every answer has been confirmed, or cannot be sent at all. */
    boolean isDone() throws IOException {
        return next().isEmpty();
    }

    /** Sends what waits, as long as the relay takes it. */
    synchronized void sendAll() throws IOException, InterruptedException {
        sent.forEach(this::forget);
        boolean going = true;
        while (going && line.isUp()) {
            Optional<Path> answer = next();
            going = answer.isPresent() && publish(answer.get());
        }
    }

    private Optional<Path> next() throws IOException {
        return outbox.waiting().stream()
                .filter(answer -> !sent.contains(answer) && !stuck.contains(answer))
                .findFirst();
    }

    /** @return false if the others should wait too */
    private boolean publish(Path answer) throws IOException, InterruptedException {
        try {
            return isWhole(answer) ? publish(answer, RunDir.read(answer), false) : publish(answer, note(answer), true);
        } catch (NoSuchFileException e) {
            return true; // another process of this agent has sent it
        } catch (IOException e) {
            log.error("the answer {} cannot be read, and is put aside: {}", answer.getFileName(), e.toString());
            setAside(answer);
            return true;
        } catch (OutOfMemoryError e) {
            log.error("there is not enough memory now for the answer {}", answer.getFileName(), e);
            return countFailure(answer, false);
        }
    }

    private boolean isWhole(Path answer) throws IOException {
        return Files.size(answer) <= LARGEST && !isTooLarge(answer);
    }

    private static byte[] note(Path answer) throws IOException {
        long size = Files.size(answer);
        log.error("{} bytes of results cannot be sent to the relay, a note is sent instead", size);
        ByteArrayOutputStream note = new ByteArrayOutputStream();
        try {
            Answer.withoutResults(
                            answer,
                            "the results are too large for the relay: " + size + " bytes, kept on the host as "
                                    + Outbox.aside(answer))
                    .writeTo(note);
        } catch (MalformedJsonException e) {
            throw new IOException("it is damaged", e);
        }
        return note.toByteArray();
    }

    /** @param isNote whether the body is in the place of the results, which stay here then */
    private boolean publish(Path answer, byte[] body, boolean isNote) throws IOException, InterruptedException {
        try {
            if (line.publish(Message.to(Topology.RESULTS, body, expiration)) == Published.CONFIRMED) {
                if (isNote) {
                    setAside(answer);
                    failing = Optional.empty(); // whoever renames it has it tried again
                } else {
                    forget(answer);
                }
                unroutable = false;
                reported = "";
                return true;
            }
            if (!unroutable) {
                log.error("the relay has no queue {}: results wait until a scheduler has made it", Topology.RESULTS);
                unroutable = true;
            }
            return false;
        } catch (RelayException e) {
            report(e);
            // That the relay is away, or takes nothing now, says nothing about this answer.
            return e instanceof LostOnTheWayException lost && countFailure(answer, lost.isRefused());
        }
    }

    /** Once for the same reason, until an answer gets through. */
    private void report(RelayException e) {
        String reason = String.valueOf(e.getMessage());
        if (!reason.equals(reported)) {
            reported = reason;
            log.warn("results wait for the relay: {}", reason);
        }
    }

    /** What the relay has is not sent again by this process, whether it can be deleted or not. */
    private void forget(Path answer) {
        try {
            outbox.remove(answer);
            sent.remove(answer);
        } catch (IOException e) {
            if (sent.add(answer)) {
                log.error("the answer {} was sent, but cannot be deleted: {}", answer.getFileName(), e.toString());
            }
        }
    }

    private void setAside(Path answer) {
        try {
            outbox.setAside(answer);
        } catch (IOException e) {
            log.error("the answer {} is left where it is: {}", answer.getFileName(), e.toString());
            stuck.add(answer);
        }
    }

    private boolean isTooLarge(Path answer) {
        return tooLarge && failing.equals(Optional.of(answer));
    }

    /** @return whether there is a note to be sent now in the place of the answer */
    private boolean countFailure(Path answer, boolean refused) throws IOException {
        if (!failing.equals(Optional.of(answer))) {
            failing = Optional.of(answer);
            refusals = 0;
            failures = 0;
            tooLarge = false;
        }
        long now = System.nanoTime();
        if (refused) {
            refusals++;
        } else if (failures == 0 || now - lastFailure >= MINUTE) {
            failures++;
            lastFailure = now;
        }
        if (tooLarge || Files.size(answer) <= LARGE) {
            return false;
        }
        tooLarge = refusals >= REFUSALS || failures >= FAILURES;
        return tooLarge;
    }
}
