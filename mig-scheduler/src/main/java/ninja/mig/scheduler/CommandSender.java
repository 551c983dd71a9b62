package ninja.mig.scheduler;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.log.LogContext;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.RelayException;
import ninja.mig.scheduler.CommandFiles.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what is in the outbox, command/ready, and moves it to command/inflight when the relay confirms. A command that
 * finds no queue stays, and is tried again with a growing pause until it expires, when {@link CalledOffCommands} takes it
 * away. A command may be published twice, after a crash between confirm and move: agents run it once. Commands of cancelled
 * actions go to command/done instead: the database is asked before each chunk, so while it is away nothing is published.
 */
final class CommandSender {
    private static final Logger log = LoggerFactory.getLogger(CommandSender.class);
    private static final int CHUNK = 500;
    private static final Duration CONFIRM = Duration.ofSeconds(60);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 6;

    /** What tells which actions were cancelled. */
    @FunctionalInterface
    interface Cancelled {
        Set<MigId> among(Collection<MigId> actions) throws SQLException;
    }

    private final Outbox outbox;
    private final Cancelled cancelled;
    private final Publisher publisher;
    private final SchedulerMetrics metrics;
    private final Clock clock;
    private final Map<Path, Retry> waiting = new HashMap<>();

    /** What the relay has and the spool does not let go. */
    private final Set<Path> confirmed = new HashSet<>();

    private record Retry(int attempts, Instant at) {
        static Retry after(int attempts, Instant now) {
            return new Retry(attempts, now.plus(SHORTEST_PAUSE.multipliedBy(1L << Math.min(attempts, MOST_DOUBLINGS))));
        }
    }

    private record Outgoing(Path file, Letter letter, CompletableFuture<Published> result, long deadline) {}

    CommandSender(Outbox outbox, Cancelled cancelled, Publisher publisher, SchedulerMetrics metrics, Clock clock) {
        this.outbox = outbox;
        this.cancelled = cancelled;
        this.publisher = publisher;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** @throws IOException if the relay did not take everything that it should have, or the spool did not let it go */
    void run() throws IOException, SQLException, InterruptedException {
        for (Path file : List.copyOf(confirmed)) {
            leave(file);
        }
        List<Path> ready = outbox.list();
        waiting.keySet().retainAll(new HashSet<>(ready));
        Instant now = clock.instant();
        List<Path> due = ready.stream().filter(file -> !isWaiting(file, now)).toList();
        List<IOException> failures = new ArrayList<>();
        List<Outgoing> before = List.of();
        for (int i = 0; i < due.size() && failures.isEmpty(); i += CHUNK) {
            List<Outgoing> chunk;
            try {
                chunk = publish(wanted(due.subList(i, Math.min(i + CHUNK, due.size()))));
            } finally {
                settle(before, failures); // the relay has the next ones to do meanwhile
            }
            before = chunk;
        }
        settle(before, failures);
        if (!failures.isEmpty()) {
            IOException last = failures.get(failures.size() - 1);
            throw last instanceof RelayException
                    ? new RelayException("publishing failed to queue mig.agt.*: " + last.getMessage(), last)
                    : last;
        }
    }

    /** If it cannot leave now it does at the next run, and is not published again. */
    private void leave(Path file) throws IOException {
        outbox.sent(file);
        confirmed.remove(file);
        waiting.remove(file);
    }

    private boolean isWaiting(Path file, Instant now) {
        Retry retry = waiting.get(file);
        return retry != null && now.isBefore(retry.at());
    }

    /** Without the commands of cancelled actions, which leave the outbox. */
    private List<Path> wanted(List<Path> chunk) throws IOException, SQLException {
        Map<Path, Ids> known = new HashMap<>();
        chunk.forEach(file -> Ids.of(file).ifPresent(ids -> known.put(file, ids)));
        Set<MigId> unwanted = cancelled.among(
                known.values().stream().map(Ids::action).distinct().toList());
        known.values().removeIf(ids -> !unwanted.contains(ids.action()));
        for (Ids ids : known.values()) {
            outbox.cancel(ids);
        }
        return chunk.stream().filter(file -> !known.containsKey(file)).toList();
    }

    private List<Outgoing> publish(List<Path> files) throws IOException {
        List<Outgoing> outgoing = new ArrayList<>();
        for (Path file : files) {
            try {
                Optional<Letter> letter = outbox.open(file);
                letter.flatMap(l -> publish(file, l)).ifPresent(outgoing::add);
            } catch (RejectedException e) {
                outbox.discard(file, e.getMessage());
            }
        }
        return outgoing;
    }

    /** Empty if it is too late. */
    private Optional<Outgoing> publish(Path file, Letter letter) {
        Duration left = Duration.between(clock.instant(), letter.expireAfter());
        if (left.isNegative()) {
            waiting.put(file, Retry.after(MOST_DOUBLINGS, clock.instant()));
            return Optional.empty();
        }
        Duration expiration = left.toMillis() < 1 ? Duration.ofMillis(1) : left;
        Message message = Message.to(letter.queue(), letter.body(), expiration);
        return Optional.of(
                new Outgoing(file, letter, publisher.publish(message), System.nanoTime() + CONFIRM.toNanos()));
    }

    private void settle(List<Outgoing> chunk, List<IOException> failures) throws InterruptedException {
        for (Outgoing one : chunk) {
            try (LogContext context =
                    LogContext.command(one.letter().action(), one.letter().command())) {
                settle(one, failures);
            }
        }
    }

    private void settle(Outgoing one, List<IOException> failures) throws InterruptedException {
        try {
            settle(one);
        } catch (RelayException e) {
            log.debug("publishing failed to queue {}: {}", one.letter().queue(), e.getMessage());
            metrics.commandUnconfirmed();
            failures.add(e);
        } catch (IOException e) {
            failures.add(e);
        }
    }

    private void settle(Outgoing one) throws IOException, InterruptedException {
        if (await(one.result(), one.deadline() - System.nanoTime()) == Published.CONFIRMED) {
            confirmed.add(one.file());
            metrics.commandPublished();
            log.info("published to queue {}", one.letter().queue());
            leave(one.file());
        } else {
            Retry before = waiting.getOrDefault(one.file(), new Retry(0, Instant.MIN));
            Retry next = Retry.after(before.attempts(), clock.instant());
            waiting.put(one.file(), new Retry(before.attempts() + 1, next.at()));
            metrics.commandUnroutable();
            log.error(
                    "publishing failed to queue {}: no queue for agent '{}', will be tried again until the action expires",
                    one.letter().queue(),
                    one.letter().agentName());
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
