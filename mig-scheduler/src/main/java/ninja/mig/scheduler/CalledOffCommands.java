package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import ninja.mig.database.CalledOff;
import ninja.mig.database.Commands;
import ninja.mig.log.LogContext;
import ninja.mig.model.CommandStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the waiting for commands whose action has expired or was cancelled, wherever their files are. */
final class CalledOffCommands {
    private static final Logger log = LoggerFactory.getLogger(CalledOffCommands.class);

    /** For results that are on their way. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Commands commands;
    private final CommandFiles files;
    private final SchedulerMetrics metrics;
    private final Clock clock;

    private interface Query {
        List<CalledOff> run() throws SQLException;
    }

    CalledOffCommands(Commands commands, Spool spool, SchedulerMetrics metrics, Clock clock) {
        this.commands = commands;
        this.files = new CommandFiles(spool);
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Those of actions that expired a while ago. */
    void expire() throws SQLException, IOException {
        all(() -> commands.expire(clock.instant(), GRACE), CommandStatus.EXPIRED, "expiring");
    }

    /** Those of cancelled actions. */
    void cancel() throws SQLException, IOException {
        all(() -> commands.cancel(clock.instant()), CommandStatus.CANCELLED, "cancelling");
    }

    /** A query gives a limited number at a time. */
    private void all(Query query, CommandStatus status, String verb) throws SQLException, IOException {
        for (List<CalledOff> some = query.run(); !some.isEmpty(); some = query.run()) {
            for (CalledOff command : some) {
                try (LogContext context = LogContext.command(command.actionId(), command.commandId())) {
                    log.info("{} command '{}' on agent '{}'", verb, command.actionName(), command.agentName());
                    metrics.commandFinished(status);
                    files.finish(new CommandFiles.Ids(command.actionId(), command.commandId()), status);
                }
            }
        }
    }
}
