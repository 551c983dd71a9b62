package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ninja.mig.database.Actions;
import ninja.mig.database.Claims;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.MigId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for what there is to do in the database and in the spool. Runs when it is told of something, and periodically in
 * case it was not.
 */
final class Collector {
    private static final Logger log = LoggerFactory.getLogger(Collector.class);

    /** Few, so that none of them waits so long that it is taken for abandoned. */
    private static final int CLAIM = 10;

    private static final Duration READOPT_EVERY = Duration.ofSeconds(5);
    private static final Duration ABANDONED = Duration.ofMinutes(5);

    private final Actions actions;
    private final Claims claims;
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

    Collector(
            Actions actions,
            Claims claims,
            DroppedActions dropped,
            NewActions newActions,
            ReturnedCommands returned,
            CalledOffCommands calledOff,
            ActionLanding landing,
            Clock clock) {
        this.actions = actions;
        this.claims = claims;
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
                this::claim,
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

    private void claim() throws SQLException, IOException {
        int claimed;
        do {
            try (Claims.Claim claim = claims.take(clock.instant(), CLAIM)) {
                claimed = claim.actions().size();
                for (Action action : claim.actions()) {
                    newActions.process(action);
                }
            }
        } while (claimed == CLAIM);
    }

    private void takeDropped() throws SQLException, IOException {
        if (dropped.collect()) {
            claim();
        }
    }

    /** What a scheduler that died or failed had claimed goes back to where any scheduler claims it. */
    private void readopt() throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(readoptAt)) {
            return;
        }
        for (MigId id : actions.readopt(now.minus(ABANDONED), now)) {
            try (LogContext context = LogContext.action(id)) {
                log.warn("action {} was left by a scheduler that works on it no more, it is pending again", id);
            }
        }
        readoptAt = now.plus(READOPT_EVERY);
    }
}
