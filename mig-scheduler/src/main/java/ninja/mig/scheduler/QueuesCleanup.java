package ninja.mig.scheduler;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.conf.GoDuration;
import ninja.mig.database.Agents;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayException;
import ninja.mig.relay.RelayRefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the queues of endpoints whose agents are all gone, on a connection of its own. The broker removes none that is
 * read or holds messages, so an agent that comes back meanwhile, or several schedulers at once, do no harm.
 */
final class QueuesCleanup implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(QueuesCleanup.class);

    /** Of the broker, between two removals. */
    private static final Duration REST = Duration.ofMillis(100);

    private static final Duration MARGIN = Duration.ofHours(2);

    private final Agents agents;
    private final RelayConf mq;
    private final Duration lookBack;
    private final Clock clock;
    private final CountDownLatch closed = new CountDownLatch(1);

    QueuesCleanup(Agents agents, SchedulerConf conf, Clock clock) {
        this.agents = agents;
        this.mq = conf.mq();
        this.lookBack = conf.agentTimeout().plus(conf.queuesCleanupFreq()).plus(MARGIN);
        this.clock = clock;
    }

    void run() throws SQLException, RelayException, InterruptedException {
        Instant start = clock.instant();
        List<QueueLoc> gone = gone(start);
        if (!gone.isEmpty()) {
            try (RelayConnection connection = RelayConnection.open(mq, Scheduler.NAME + "-cleanup", clock)) {
                remove(connection, gone);
            }
        }
        log.info("QueuesCleanup(): done in {}", GoDuration.format(Duration.between(start, clock.instant())));
    }

    private List<QueueLoc> gone(Instant now) throws SQLException {
        List<QueueLoc> gone = new ArrayList<>();
        for (String queueLoc : agents.disappeared(now.minus(lookBack))) {
            try {
                gone.add(QueueLoc.parse(queueLoc));
            } catch (RejectedException e) {
                // Not the name of an agent's queue: it might be that of another one.
                log.warn("the queue of endpoint '{}' is left alone: {}", queueLoc, e.getMessage());
            }
        }
        return gone;
    }

    private void remove(RelayConnection connection, List<QueueLoc> gone) throws RelayException, InterruptedException {
        for (QueueLoc queueLoc : gone) {
            try {
                if (connection.deleteIdleQueue(queueLoc.queue())) {
                    log.info("removed endpoint queue {}", queueLoc);
                    if (closed.await(REST.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            } catch (RelayRefusedException e) {
                log.warn("the queue of endpoint '{}' is left alone: {}", queueLoc, e.getMessage());
            }
        }
    }

    /** Ends a run early; the next scheduler removes the other queues. */
    @Override
    public void close() {
        closed.countDown();
    }
}
