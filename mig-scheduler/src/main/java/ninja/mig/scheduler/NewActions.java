package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import ninja.mig.database.Actions;
import ninja.mig.database.Commands;
import ninja.mig.database.Targets;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.InvalidActionException;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.model.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes commands of an action that this scheduler has claimed. All rows of its commands and its status {@code inflight}
 * are one transaction, so whatever happens they are created once; its file leaves action/new only when all commands are
 * in the outbox, so whatever happens they are sent.
 */
final class NewActions {
    private static final Logger log = LoggerFactory.getLogger(NewActions.class);
    private static final String GONE = "action '{}' was cancelled, or is in the hands of another scheduler";
    /** The sender begins after so many, and is told again after so many more. */
    private static final int FIRST_CHUNK = 10;

    private static final int OUTBOX_CHUNK = 200;
    private static final int DRAWS = 3;

    private final Actions actions;
    private final Commands commands;
    private final Targets targets;
    private final ActiveInvestigators investigators;
    private final Spool spool;
    private final ActionFiles actionFiles;
    private final CommandFiles commandFiles;
    private final Outbox outbox;
    private final IdGenerator ids;
    private final Runnable wakeSender;
    private final boolean logActions;
    private final SchedulerMetrics metrics;
    private final Clock clock;
    private final Set<MigId> inHand = ConcurrentHashMap.newKeySet();

    NewActions(
            Actions actions,
            Commands commands,
            Targets targets,
            ActiveInvestigators investigators,
            Spool spool,
            Outbox outbox,
            IdGenerator ids,
            Runnable wakeSender,
            boolean logActions,
            SchedulerMetrics metrics,
            Clock clock) {
        this.actions = actions;
        this.commands = commands;
        this.targets = targets;
        this.investigators = investigators;
        this.spool = spool;
        this.actionFiles = new ActionFiles(spool);
        this.commandFiles = new CommandFiles(spool);
        this.outbox = outbox;
        this.ids = ids;
        this.wakeSender = wakeSender;
        this.logActions = logActions;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** What cannot be written into the spool is better left pending. */
    void requireSpool() throws IOException {
        spool.requireWritable();
    }

    /** From {@code scheduled} to {@code inflight}, or to {@code invalid}. */
    void process(Action action) throws SQLException, IOException {
        inHand.add(action.id());
        try {
            receive(action);
        } finally {
            inHand.remove(action.id());
        }
    }

    /** Whether somebody is processing it now, and its file is not for anybody else. */
    boolean hasInHand(MigId id) {
        return inHand.contains(id);
    }

    private void receive(Action action) throws SQLException, IOException {
        try (LogContext context = LogContext.action(action.id())) {
            metrics.actionIs(ActionStatus.SCHEDULED);
            actionFiles.setUp(action);
            log.info(
                    "new action received: Name='{}' Target='{}' ValidFrom='{}' ExpireAfter='{}'",
                    action.name(),
                    action.target(),
                    Times.format(action.validFrom()),
                    Times.format(action.expireAfter()));
            try {
                action.validate(clock.instant());
                action.checkStarted(clock.instant());
                investigators.verify(action);
                if (actions.prepare(action.id(), clock.instant())) {
                    launch(action, findTargets(action));
                } else {
                    log.info(GONE, action.name());
                }
            } catch (RejectedException e) {
                invalidate(action, e.getMessage());
            } catch (SQLException e) {
                if (!BadData.isReason(e)) {
                    throw e;
                }
                invalidate(action, "the database does not take it: " + e.getMessage());
            }
        }
    }

    private List<Agent> findTargets(Action action) throws SQLException, RejectedException {
        List<Agent> reachable = new ArrayList<>();
        for (Agent agent : targets.select(action.target())) {
            try {
                QueueLoc.parse(agent.queueLoc());
                reachable.add(agent);
            } catch (RejectedException e) {
                log.warn("agent {} is left out: {}", agent.id(), e.getMessage());
            }
        }
        log.info("Found {} target agents", reachable.size());
        if (reachable.isEmpty()) {
            throw new InvalidActionException("No agents found for target: " + action.target());
        }
        return reachable;
    }

    private void launch(Action action, List<Agent> agents) throws SQLException, IOException {
        log.info("scheduling action '{}'", action.name());
        actions.touch(action.id(), clock.instant());
        Optional<List<Command>> created = insert(action, agents);
        if (created.isEmpty()) {
            log.info(GONE, action.name());
            return;
        }
        metrics.commandsCreated(created.get().size());
        metrics.actionIs(ActionStatus.INFLIGHT);
        log.info("{} commands inserted into database", created.get().size());
        fly(action, created.get());
    }

    /** Empty if the action is not {@code preparing} any more. */
    private Optional<List<Command>> insert(Action action, List<Agent> agents) throws SQLException {
        for (int draw = 1; ; draw++) {
            Instant now = clock.instant();
            Action flying = action.withStatus(ActionStatus.INFLIGHT);
            List<Command> created =
                    agents.stream().map(agent -> command(flying, agent, now)).toList();
            try {
                return actions.fly(action.id(), created, now) ? Optional.of(created) : Optional.empty();
            } catch (SQLException e) {
                if (draw == DRAWS || !BadData.isTakenId(e)) {
                    throw e;
                }
                log.info("the id of a command was taken already, drawing again");
            }
        }
    }

    private Command command(Action action, Agent agent, Instant now) {
        List<ModuleResult> results = Collections.nCopies(action.operations().size(), ModuleResult.EMPTY);
        return new Command(ids.next(), action, agent, CommandStatus.SENT, results, now, Times.NOT_YET);
    }

    private void fly(Action action, List<Command> created) throws IOException {
        int written = 0;
        for (Command command : created) {
            outbox.add(command);
            if (logActions) {
                logCommand(command);
            }
            if (++written % OUTBOX_CHUNK == 0 || written == FIRST_CHUNK) {
                wakeSender.run();
            }
        }
        actionFiles.fly(action);
        wakeSender.run();
    }

    private static void logCommand(Command command) {
        try (LogContext context = LogContext.command(command.action().id(), command.id())) {
            log.info(
                    "created command of action '{}' on agent '{}'",
                    command.action().name(),
                    command.agent().name());
        }
    }

    /** A scheduler ended after the rows were created and before all commands were in the outbox: puts the others there. */
    void resume(Action action) throws SQLException, IOException {
        requireSpool();
        try (LogContext context = LogContext.action(action.id())) {
            List<Command> missing = commands.open(action.id()).stream()
                    .filter(command -> !commandFiles.knows(command))
                    .toList();
            log.info("action '{}' was interrupted on its way, {} commands follow", action.name(), missing.size());
            fly(action, missing);
        }
    }

    /** To {@code invalid}, unless it is final already. */
    private void invalidate(Action action, String reason) throws SQLException, IOException {
        boolean changed = actions.invalidate(action.id(), clock.instant());
        if (changed) {
            metrics.actionIs(ActionStatus.INVALID);
            String name = ActionFiles.name(action.id());
            String sentence = withoutPeriod(reason);
            try {
                actionFiles.invalidate(action, reason);
                log.warn("{}. 'action/new/{}' moved to 'action/invalid/{}'", sentence, name, name);
            } catch (IOException e) {
                log.warn("{}. 'action/new/{}' could not be moved to 'action/invalid/{}'", sentence, name, name);
                throw e;
            }
        } else {
            log.info(GONE, action.name());
        }
    }

    /** For a line of the log that puts its own period behind it. */
    static String withoutPeriod(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    /** Actions that nobody claimed in time. */
    void expire() throws SQLException, IOException {
        requireSpool();
        for (Action action : actions.expirePending(clock.instant())) {
            try (LogContext context = LogContext.action(action.id())) {
                log.info("action '{}' is expired. invalidating.", action.name());
                metrics.actionIs(ActionStatus.INVALID);
                actionFiles.invalidate(action, "it expired before a scheduler could take it");
            }
        }
    }
}
