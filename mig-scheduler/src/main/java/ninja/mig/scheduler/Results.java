package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import ninja.mig.database.Finish;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.log.LogContext;
import ninja.mig.log.LogThrottle;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.MessageHandler;
import ninja.mig.runtime.Batcher;
import ninja.mig.scheduler.SchedulerMetrics.ResultRefusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what agents answer on queue mig.agt.results: one transaction for each batch, then the acknowledgement, then what
 * follows. While the database is away answers go to files of command/returned, safely, and are acknowledged then; the
 * collector takes them in when the database is back.
 */
final class Results implements MessageHandler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Results.class);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    /** @param arrived {@link System#nanoTime} then */
    private record Waiting(Answer answer, Delivery delivery, long arrived) {}

    private final ReturnedCommands returned;
    private final CommandFiles files;
    private final SchedulerMetrics metrics;
    private final Clock clock;
    private final LogThrottle malformed;
    private final LogThrottle unauthorized;
    private final Batcher<Waiting> batcher;
    private Instant databaseAwayUntil = Instant.MIN;
    private boolean away;

    Results(ReturnedCommands returned, Spool spool, int prefetch, SchedulerMetrics metrics, Clock clock) {
        this.returned = returned;
        this.files = new CommandFiles(spool);
        this.metrics = metrics;
        this.clock = clock;
        this.malformed = new LogThrottle(Duration.ofMinutes(1), clock);
        this.unauthorized = new LogThrottle(Duration.ofMinutes(1), clock);
        // Half of what the relay hands over at a time, so that it can send the next half meanwhile.
        Batcher.Limits limits =
                new Batcher.Limits(Math.max(1, prefetch / 2), Batcher.Limits.USUAL.age(), Batcher.Limits.USUAL.idle());
        this.batcher = new Batcher<>("results", prefetch, limits, this::finish);
    }

    @Override
    public void handle(Delivery delivery) throws Exception {
        long arrived = System.nanoTime();
        metrics.resultReceived();
        try {
            batcher.put(new Waiting(returned.read(delivery.body()), delivery, arrived));
        } catch (NotAuthorizedException e) {
            metrics.resultRefused(ResultRefusal.UNAUTHORIZED);
            OptionalInt before = unauthorized.next(e.getMessage());
            before.ifPresent(n -> log.warn("discarding results: {}{}", e.getMessage(), LogThrottle.more(n)));
            delivery.ack();
        } catch (RejectedException e) {
            metrics.resultRefused(ResultRefusal.MALFORMED);
            OptionalInt before = malformed.next(e instanceof MalformedJsonException ? "" : e.getMessage());
            before.ifPresent(n -> log.error(
                    "discarding invalid message received in results channel: {}{}",
                    e.getMessage(),
                    LogThrottle.more(n)));
            delivery.ack();
        }
    }

    private void finish(List<Waiting> batch) throws IOException, SQLException {
        if (clock.instant().isBefore(databaseAwayUntil)) {
            keep(batch);
            return;
        }
        List<Answer> answers = batch.stream().map(Waiting::answer).toList();
        List<Finish> stored;
        try {
            stored = returned.store(answers);
            back();
        } catch (SQLException | RuntimeException e) {
            refuse(batch, e);
            return;
        }
        acknowledge(batch);
        metrics.resultBatch(batch.size());
        batch.forEach(one -> metrics.resultStored(one.arrived()));
        returned.follow(answers, stored);
    }

    /** One result must not keep the others of its batch out, whether the database or a defect refuses it. */
    private void refuse(List<Waiting> batch, Exception reason) throws IOException, SQLException {
        if (reason instanceof SQLException failure && !BadData.isReason(failure)) {
            away(failure);
            keep(batch);
        } else if (batch.size() > 1) {
            for (Waiting one : batch) {
                finish(List.of(one));
            }
        } else {
            Waiting one = batch.get(0);
            CommandFiles.Ids ids =
                    new CommandFiles.Ids(one.answer().action(), one.answer().command());
            String failure = "command results insertion in database failed with error: " + reason.getMessage();
            files.keepFailed(ids, one.delivery().body(), failure);
            try (LogContext context = LogContext.command(ids.action(), ids.command())) {
                log.error("{}", failure);
            }
            metrics.resultRefused(ResultRefusal.DATABASE);
            acknowledge(batch);
        }
    }

    private void keep(List<Waiting> batch) throws IOException {
        files.keepReturned(batch.stream().map(w -> w.delivery().body()).toList());
        metrics.resultsKept(batch.size());
        acknowledge(batch);
    }

    private static void acknowledge(List<Waiting> batch) {
        Delivery.ackAll(batch.stream().map(Waiting::delivery).toList());
    }

    /** Once per outage. */
    private void away(SQLException reason) {
        databaseAwayUntil = clock.instant().plus(ASK_AGAIN);
        if (!away) {
            log.error("the database is away, results are kept in command/returned: {}", reason.toString());
        }
        away = true;
    }

    private void back() {
        if (away) {
            log.info("the database takes results again");
        }
        away = false;
    }

    /** Stores what was delivered. */
    @Override
    public void close() throws InterruptedException {
        batcher.close();
    }
}
