package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import ninja.mig.conf.GoDuration;
import ninja.mig.database.Actions;
import ninja.mig.database.AgentStatistics;
import ninja.mig.database.Agents;
import ninja.mig.database.Commands;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.scheduler.Spool.Folder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Upkeep: old files, files of what other schedulers have finished, agents that are silent, statistics, endpoints with
 * several agents.
 */
final class Periodic {
    private static final Logger log = LoggerFactory.getLogger(Periodic.class);
    private static final List<Folder> ARCHIVES =
            List.of(Folder.ACTION_DONE, Folder.ACTION_INVALID, Folder.COMMAND_DONE, Folder.RETURNED_FAILED);
    private static final int HEARTBEATS_BEFORE_IDLE = 5;
    private static final int CHUNK = 5000;

    private final Spool spool;
    private final ActionFiles actionFiles;
    private final CommandFiles commandFiles;
    private final Actions actions;
    private final Commands commands;
    private final Agents agents;
    private final AgentStatistics statistics;
    private final UpgradedAgents upgraded;
    private final DuplicateAgents duplicates;
    private final Duration deleteAfter;
    private final Duration agentTimeout;
    private final Duration heartbeatFreq;
    private final Clock clock;

    Periodic(
            Spool spool,
            Actions actions,
            Commands commands,
            Agents agents,
            AgentStatistics statistics,
            UpgradedAgents upgraded,
            DuplicateAgents duplicates,
            SchedulerConf conf,
            Clock clock) {
        this.spool = spool;
        this.actionFiles = new ActionFiles(spool);
        this.commandFiles = new CommandFiles(spool);
        this.actions = actions;
        this.commands = commands;
        this.agents = agents;
        this.statistics = statistics;
        this.upgraded = upgraded;
        this.duplicates = duplicates;
        this.deleteAfter = conf.deleteAfter();
        this.agentTimeout = conf.agentTimeout();
        this.heartbeatFreq = conf.heartbeatFreq();
        this.clock = clock;
    }

    void run() throws IOException, SQLException {
        Instant start = clock.instant();
        log.info("initiating periodic run");
        clean();
        tidy();
        markSilentAgents();
        statistics.record(clock.instant());
        upgraded.mark();
        duplicates.lookAtAll();
        log.info("periodic run done in {}", GoDuration.format(Duration.between(start, clock.instant())));
    }

    private void clean() throws IOException {
        Instant oldest = clock.instant().minus(deleteAfter);
        for (Folder folder : ARCHIVES) {
            spool.removeOlder(folder, oldest, file -> log.info("removing '{}'", spool.name(file)));
        }
        spool.removeUnfinished(clock.instant());
    }

    /** Files of what is final in the database, finished by another scheduler or just before a crash. */
    void tidy() throws IOException, SQLException {
        List<CommandFiles.Ids> open = commandFiles.open();
        for (int i = 0; i < open.size(); i += CHUNK) {
            tidyCommands(open.subList(i, Math.min(i + CHUNK, open.size())));
        }
        tidyActions(actionFiles.inFlight());
    }

    private void tidyCommands(List<CommandFiles.Ids> chunk) throws IOException, SQLException {
        Map<MigId, CommandStatus> statuses =
                commands.statuses(chunk.stream().map(CommandFiles.Ids::command).toList());
        for (CommandFiles.Ids ids : chunk) {
            CommandStatus status = statuses.getOrDefault(ids.command(), CommandStatus.SENT);
            if (status != CommandStatus.SENT) {
                commandFiles.finish(ids, status);
            }
        }
    }

    private void tidyActions(List<MigId> flying) throws IOException, SQLException {
        Map<MigId, ActionStatus> statuses = actions.statuses(flying);
        List<MigId> ended = flying.stream()
                .filter(id -> statuses.containsKey(id) && statuses.get(id).isFinal())
                .toList();
        for (MigId id : ended) {
            for (Action action : actions.complete(actions.byId(id).stream().toList())) {
                actionFiles.land(action);
            }
        }
    }

    /** Offline first: an agent that became idle just now has one more period to come back. */
    private void markSilentAgents() throws SQLException {
        Instant now = clock.instant();
        int offline = agents.markOffline(now.minus(agentTimeout));
        int idle = agents.markIdle(now.minus(heartbeatFreq.multipliedBy(HEARTBEATS_BEFORE_IDLE)));
        if (offline > 0 || idle > 0) {
            log.info("{} agents are offline now, {} are idle", offline, idle);
        }
    }
}
