package ninja.mig.scheduler;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.database.ActionSignature;
import ninja.mig.database.Actions;
import ninja.mig.database.AlreadyExistsException;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.CanonicalForm;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.model.Times;
import ninja.mig.target.TargetExpression;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files in action/new: signed actions that operators drop become pending rows; files that the API drops beside the row
 * that it inserted have done their work by waking the collector; files of this scheduler's own remind it of what it had
 * in hand when it ended.
 */
final class DroppedActions {
    private static final Logger log = LoggerFactory.getLogger(DroppedActions.class);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofMinutes(1);

    private final Actions actions;
    private final ActiveInvestigators investigators;
    private final NewActions newActions;
    private final ActionFiles files;
    private final Spool spool;
    private final IdGenerator ids;
    private final Clock clock;
    private final Map<Path, Instant> lookAgain = new HashMap<>();

    DroppedActions(
            Actions actions,
            ActiveInvestigators investigators,
            NewActions newActions,
            Spool spool,
            IdGenerator ids,
            Clock clock) {
        this.actions = actions;
        this.investigators = investigators;
        this.newActions = newActions;
        this.files = new ActionFiles(spool);
        this.spool = spool;
        this.ids = ids;
        this.clock = clock;
    }

    /** @return whether there are new pending rows */
    boolean collect() throws IOException, SQLException {
        List<Path> present = files.inNew();
        lookAgain.keySet().retainAll(new HashSet<>(present));
        boolean accepted = false;
        for (Path file : present) {
            if (!clock.instant().isBefore(lookAgain.getOrDefault(file, Instant.MIN))) {
                accepted |= examine(file);
            }
        }
        return accepted;
    }

    private boolean examine(Path file) throws IOException, SQLException {
        try {
            Optional<Action> dropped = files.read(file);
            if (dropped.isEmpty()) {
                return false;
            }
            MigId id = dropped.get().id().isNone()
                    ? ActionFiles.id(file).orElse(MigId.NONE)
                    : dropped.get().id();
            return id.isNone()
                    ? examineNameless(file, dropped.get())
                    : examine(file, dropped.get().withId(id));
        } catch (RejectedException e) {
            if (Spool.mayBeUnfinished(file, clock.instant())) {
                later(file, SOON);
            } else {
                refuse(file, e.getMessage());
            }
            return false;
        }
    }

    private boolean examineNameless(Path file, Action dropped) throws IOException, SQLException, RejectedException {
        MigId id = ids.next();
        Optional<Path> adopted = files.adopt(file, id);
        return adopted.isPresent() && examine(adopted.get(), dropped.withId(id));
    }

    private boolean examine(Path file, Action dropped) throws IOException, SQLException, RejectedException {
        try (LogContext context = LogContext.action(dropped.id())) {
            Optional<Action> row = actions.byId(dropped.id());
            if (row.isEmpty()) {
                return accept(file, dropped);
            }
            if (!sameSignedText(row.get(), dropped)) {
                throw new RejectedException("action " + dropped.id() + " exists with other content");
            }
            follow(file, dropped, row.get());
            return false;
        }
    }

    private static boolean sameSignedText(Action a, Action b) {
        return CanonicalForm.C19.of(a).equals(CanonicalForm.C19.of(b));
    }

    /** The row decides; the file follows. */
    private void follow(Path file, Action dropped, Action row) throws IOException, SQLException {
        if (newActions.hasInHand(row.id())) {
            later(file, SOON);
        } else if (row.status() == ActionStatus.INFLIGHT && ActionFiles.isInHand(dropped)) {
            newActions.resume(row);
        } else if (row.status() == ActionStatus.INFLIGHT || isFinal(row)) {
            files.discard(file);
        } else {
            later(file, row.validFrom().isAfter(clock.instant()) ? LATER : SOON);
        }
    }

    /** Rows of the original may have no status. */
    private static boolean isFinal(Action row) {
        return row.status() != null && row.status().isFinal();
    }

    private boolean accept(Path file, Action dropped) throws SQLException, RejectedException {
        if (!Times.isUnset(dropped.expireAfter()) && clock.instant().isAfter(dropped.signedEnd())) {
            log.info("removing expired action '{}'", dropped.name());
        }
        dropped.validate(clock.instant());
        TargetExpression.check(dropped.target());
        List<ActionSignature> signatures = investigators.verify(dropped);
        try {
            actions.insert(pending(dropped), signatures);
            log.info("action '{}' was dropped into {}", dropped.name(), spool.name(file));
            return true;
        } catch (AlreadyExistsException e) {
            log.info("action '{}' was inserted by somebody else at the same time", dropped.name());
            return false;
        } catch (SQLException e) {
            if (BadData.isReason(e)) {
                throw new RejectedException("the database does not take it: " + e.getMessage(), e);
            }
            throw e;
        } finally {
            later(file, SOON);
        }
    }

    /** As the API inserts it: only what its author says. */
    private static Action pending(Action dropped) {
        return dropped.withStatus(ActionStatus.PENDING)
                .withTimes(Times.NOT_STARTED, Times.NOT_YET, Times.NOT_STARTED)
                .withInvestigators(List.of())
                .withCounters(ActionCounters.NONE);
    }

    private void refuse(Path file, String reason) throws IOException {
        Optional<Path> place = files.refuse(file, reason);
        place.ifPresent(to ->
                log.warn("{}. '{}' moved to '{}'", NewActions.withoutPeriod(reason), spool.name(file), spool.name(to)));
    }

    private void later(Path file, Duration pause) {
        lookAgain.put(file, clock.instant().plus(pause));
    }
}
