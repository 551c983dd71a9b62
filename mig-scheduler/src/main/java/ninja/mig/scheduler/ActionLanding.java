package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.conf.GoDuration;
import ninja.mig.database.Actions;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lands an action, cancelled or not, once, when no command of it is waited for any more, and reports how the others stand.
 */
final class ActionLanding {
    private static final Logger log = LoggerFactory.getLogger(ActionLanding.class);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(1);

    private final Actions actions;
    private final ActionFiles files;
    private final SchedulerMetrics metrics;
    private final Clock clock;

    /** When each action's progress was told last, for a while. */
    private final Map<MigId, Instant> reported = new HashMap<>();

    ActionLanding(Actions actions, Spool spool, SchedulerMetrics metrics, Clock clock) {
        this.actions = actions;
        this.files = new ActionFiles(spool);
        this.metrics = metrics;
        this.clock = clock;
    }

    /** @param touched actions of which commands have ended */
    void check(Collection<Action> touched) throws SQLException, IOException {
        List<Action> landed = new ArrayList<>();
        List<Action> flying = new ArrayList<>();
        for (Action action : touched) {
            Optional<Action> complete = actions.land(action.id(), clock.instant());
            if (complete.isPresent()) {
                landed.add(complete.get());
            } else if (isDue(action.id())) {
                flying.add(action);
            }
        }
        report(flying);
        land(landed);
    }

    private synchronized boolean isDue(MigId id) {
        Instant now = clock.instant();
        reported.values().removeIf(before -> !now.isBefore(before.plus(REPORT_EVERY)));
        return reported.putIfAbsent(id, now) == null;
    }

    /** Every action: what several schedulers at once, or a crash, have left, and what was cancelled. */
    void checkAll() throws SQLException, IOException {
        land(actions.landAll(clock.instant()));
    }

    private void report(List<Action> flying) throws SQLException {
        if (flying.isEmpty()) {
            return;
        }
        Map<MigId, ActionCounters> counters = actions.counters(ids(flying));
        for (Action action : flying) {
            if (actions.touch(action.id(), clock.instant())) {
                try (LogContext context = LogContext.action(action.id())) {
                    log(action, counters.get(action.id()));
                }
            }
        }
    }

    private void log(Action action, ActionCounters c) {
        log.info(
                "updated action '{}': progress={}/{}, success={}, cancelled={}, expired={}, failed={}, timeout={},"
                        + " duration={}",
                action.name(),
                c.done(),
                c.sent(),
                c.success(),
                c.cancelled(),
                c.expired(),
                c.failed(),
                c.timeout(),
                duration(action));
    }

    private void land(List<Action> landed) throws SQLException, IOException {
        if (landed.isEmpty()) {
            return;
        }
        Map<MigId, ActionCounters> counters = actions.counters(ids(landed));
        for (Action action : landed) {
            try (LogContext context = LogContext.action(action.id())) {
                log(action, counters.get(action.id()));
                boolean cancelled = action.status() == ActionStatus.CANCELLED;
                log.info("action {} {}", cancelled ? "was cancelled after" : "has completed in", duration(action));
                metrics.actionIs(action.status());
                files.land(action.withCounters(counters.get(action.id())));
            }
        }
    }

    private String duration(Action action) {
        Instant start = Times.isUnset(action.startTime()) ? action.validFrom() : action.startTime();
        return GoDuration.format(Duration.between(start, clock.instant()));
    }

    private static List<MigId> ids(List<Action> list) {
        return list.stream().map(Action::id).toList();
    }
}
