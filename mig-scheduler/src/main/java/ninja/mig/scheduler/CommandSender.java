package ninja.mig.scheduler;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogContext;
import ninja.mig.model.Command;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.RelayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what is in the outbox, command/ready, and moves it to command/inflight when the relay confirms. A command that
 * finds no queue stays, and is tried again with a growing pause until it expires, when {@link CalledOffCommands} takes it
 * away. A command may be published twice, after a crash between confirm and move: agents run it once.
 */
final class CommandSender {
    private static final Logger log = LoggerFactory.getLogger(CommandSender.class);
    private static final int CHUNK = 500;
    private static final Duration CONFIRM = Duration.ofSeconds(60);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 6;

    private final CommandFiles files;
    private final Publisher publisher;
    private final Clock clock;
    private final Map<Path, Retry> waiting = new HashMap<>();

    private record Retry(int attempts, Instant at) {
        static Retry after(int attempts, Instant now) {
            return new Retry(attempts, now.plus(SHORTEST_PAUSE.multipliedBy(1L << Math.min(attempts, MOST_DOUBLINGS))));
        }
    }

    private record Outgoing(Path file, Command command, String queue, CompletableFuture<Published> result) {}

    CommandSender(Spool spool, Publisher publisher, Clock clock) {
        this.files = new CommandFiles(spool);
        this.publisher = publisher;
        this.clock = clock;
    }

    /** @throws RelayException if the relay did not take everything that it should have */
    void run() throws IOException, InterruptedException {
        List<Path> ready = files.inReady();
        waiting.keySet().retainAll(ready);
        Instant now = clock.instant();
        List<Path> due = ready.stream().filter(file -> !isWaiting(file, now)).toList();
        for (int i = 0; i < due.size(); i += CHUNK) {
            send(due.subList(i, Math.min(i + CHUNK, due.size())));
        }
    }

    private boolean isWaiting(Path file, Instant now) {
        Retry retry = waiting.get(file);
        return retry != null && now.isBefore(retry.at());
    }

    private void send(List<Path> chunk) throws IOException, InterruptedException {
        List<Outgoing> outgoing = new ArrayList<>();
        for (Path file : chunk) {
            publish(file).ifPresent(outgoing::add);
        }
        RelayException failure = null;
        long deadline = System.nanoTime() + CONFIRM.toNanos();
        for (Outgoing one : outgoing) {
            try (LogContext context = LogContext.command(
                    one.command().action().id(), one.command().id())) {
                settle(one, deadline - System.nanoTime());
            } catch (RelayException e) {
                log.debug("publishing failed to queue {}: {}", one.queue(), e.getMessage());
                failure = e;
            }
        }
        if (failure != null) {
            throw new RelayException("publishing failed to queue mig.agt.*: " + failure.getMessage(), failure);
        }
    }

    /** Empty if there is nothing to publish. */
    private Optional<Outgoing> publish(Path file) throws IOException {
        try {
            Optional<byte[]> body = files.read(file);
            return body.isPresent() ? publish(file, body.get()) : Optional.empty();
        } catch (RejectedException e) {
            files.discardReady(file, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Outgoing> publish(Path file, byte[] body) throws RejectedException {
        Command command = MigJson.read(body, Command.class);
        if (command.id().isNone() || command.action().id().isNone()) {
            throw new RejectedException("the command or its action has no id");
        }
        String queue = QueueLoc.parse(command.agent().queueLoc()).queue();
        Duration left = Duration.between(clock.instant(), command.action().expireAfter());
        if (left.isNegative()) {
            waiting.put(file, Retry.after(MOST_DOUBLINGS, clock.instant()));
            return Optional.empty();
        }
        Duration expiration = left.toMillis() < 1 ? Duration.ofMillis(1) : left;
        Message message = Message.to(queue, body, expiration);
        return Optional.of(new Outgoing(file, command, queue, publisher.publish(message)));
    }

    private void settle(Outgoing one, long nanos) throws IOException, InterruptedException {
        if (await(one.result(), nanos) == Published.CONFIRMED) {
            files.fly(one.file());
            waiting.remove(one.file());
            log.info("published to queue {}", one.queue());
        } else {
            Retry before = waiting.getOrDefault(one.file(), new Retry(0, Instant.MIN));
            Retry next = Retry.after(before.attempts(), clock.instant());
            waiting.put(one.file(), new Retry(before.attempts() + 1, next.at()));
            log.warn(
                    "publishing failed to queue {}: no queue for agent '{}', will be tried again until the action expires",
                    one.queue(),
                    one.command().agent().name());
        }
    }

    private static Published await(CompletableFuture<Published> result, long nanos)
            throws RelayException, InterruptedException {
        try {
            return result.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RelayException("the relay did not confirm within " + CONFIRM.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new RelayException(e.getCause().getMessage(), e.getCause());
        }
    }
}
