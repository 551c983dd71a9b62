package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ninja.mig.database.Actions;
import ninja.mig.log.LogContext;
import ninja.mig.model.MigId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for what there is to do in the database and in the spool. Runs when it is told of something, and periodically in
 * case it was not.
 */
final class Collector {
    private static final Logger log = LoggerFactory.getLogger(Collector.class);

    private static final Duration READOPT_EVERY = Duration.ofSeconds(5);
    private static final Duration ABANDONED = Duration.ofMinutes(5);

    private final Actions actions;
    private final Runnable launchers;
    private final DroppedActions dropped;
    private final NewActions newActions;
    private final ReturnedCommands returned;
    private final CalledOffCommands calledOff;
    private final ActionLanding landing;
    private final Clock clock;
    private Instant readoptAt = Instant.MIN;

    private interface Step {
        void run() throws SQLException, IOException;
    }

    /** @param launchers woken when there are pending actions of which nobody has told them */
    Collector(
            Actions actions,
            Runnable launchers,
            DroppedActions dropped,
            NewActions newActions,
            ReturnedCommands returned,
            CalledOffCommands calledOff,
            ActionLanding landing,
            Clock clock) {
        this.actions = actions;
        this.launchers = launchers;
        this.dropped = dropped;
        this.newActions = newActions;
        this.returned = returned;
        this.calledOff = calledOff;
        this.landing = landing;
        this.clock = clock;
    }

    /** One look at everything; a part that fails does not keep the others from being looked at. */
    void run() throws Exception {
        Exception failure = null;
        List<Step> steps = List.of(
                this::readopt,
                newActions::expire,
                this::takeDropped,
                returned::collect,
                calledOff::expire,
                landing::checkAll);
        for (Step step : steps) {
            try {
                step.run();
            } catch (SQLException | IOException | RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void takeDropped() throws SQLException, IOException {
        if (dropped.collect()) {
            launchers.run();
        }
    }

    /** What a scheduler that died or failed had claimed goes back to where any scheduler claims it. */
    private void readopt() throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(readoptAt)) {
            return;
        }
        List<MigId> left = actions.readopt(now.minus(ABANDONED), now);
        for (MigId id : left) {
            try (LogContext context = LogContext.action(id)) {
                log.warn("action {} was left by a scheduler that works on it no more, it is pending again", id);
            }
        }
        if (!left.isEmpty()) {
            launchers.run();
        }
        readoptAt = now.plus(READOPT_EVERY);
    }
}
