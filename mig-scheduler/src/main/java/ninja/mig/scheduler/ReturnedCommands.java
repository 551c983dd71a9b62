package ninja.mig.scheduler;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import ninja.mig.database.Commands;
import ninja.mig.database.Finish;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogContext;
import ninja.mig.log.LogThrottle;
import ninja.mig.model.Action;
import ninja.mig.model.Command;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.Topology;
import ninja.mig.scheduler.SchedulerMetrics.ResultRefusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores what agents answered, whether it came by message or as a file of command/returned, and does what follows. */
final class ReturnedCommands {
    private static final Logger log = LoggerFactory.getLogger(ReturnedCommands.class);
    private static final int CHUNK = 100;
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private final Whitelist whitelist;
    private final Commands commands;
    private final CommandFiles files;
    private final ActionLanding landing;
    private final Events events;
    private final UpgradedAgents upgraded;
    private final int largest;
    private final SchedulerMetrics metrics;
    private final Clock clock;
    private final LogThrottle refused;

    /** Whether the last batch was not followed to the end: logged once. */
    private final AtomicBoolean behind = new AtomicBoolean();

    private record Loaded(Path file, Answer answer) {}

    /** @param largest bytes that a command with results may have */
    ReturnedCommands(
            Whitelist whitelist,
            Commands commands,
            Spool spool,
            ActionLanding landing,
            Events events,
            UpgradedAgents upgraded,
            int largest,
            SchedulerMetrics metrics,
            Clock clock) {
        this.whitelist = whitelist;
        this.commands = commands;
        this.files = new CommandFiles(spool);
        this.landing = landing;
        this.events = events;
        this.upgraded = upgraded;
        this.largest = largest;
        this.metrics = metrics;
        this.clock = clock;
        this.refused = new LogThrottle(Duration.ofMinutes(1), clock);
    }

    /** @throws RejectedException if it is too large, no answer of an agent, or the agent is not authorized */
    Answer read(byte[] body) throws RejectedException {
        if (body.length > largest) {
            throw new RejectedException("it has " + body.length + " bytes, more than " + largest);
        }
        Answer answer = Answer.parse(body);
        if (!whitelist.authorizes(answer.queueLoc())) {
            throw new NotAuthorizedException(answer.queueLoc());
        }
        return answer;
    }

    /** Stores answers, in one transaction. */
    List<Finish> store(List<Answer> answers) throws SQLException {
        return commands.finish(answers.stream().map(Answer::toCommand).toList(), clock.instant());
    }

    /**
     * What follows when answers are stored, and acknowledged to whoever sent them. If it fails half-way nothing is lost
     * but events: the collector lands actions, and the periodic run marks upgraded agents and tidies files.
     */
    void follow(List<Answer> answers, List<Finish> stored) {
        try {
            followAll(answers, stored);
            if (behind.getAndSet(false)) {
                log.info("what follows when results are stored is done again");
            }
        } catch (IOException | SQLException e) {
            if (!behind.getAndSet(true)) {
                log.warn("results are stored, what follows is left to the collector and the periodic run", e);
            }
        }
    }

    private void followAll(List<Answer> answers, List<Finish> stored) throws IOException, SQLException {
        List<Command> finished = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            Answer answer = answers.get(i);
            count(answer, stored.get(i).outcome());
            try (LogContext context = LogContext.command(answer.action(), answer.command())) {
                if (stored.get(i).isFinished()) {
                    finished.add(stored.get(i).command().orElseThrow());
                } else {
                    report(answer, stored.get(i).outcome());
                }
            }
        }
        List<byte[]> documents = finished.stream().map(MigJson::bytes).toList();
        documents.forEach(document -> events.publish(Topology.COMMAND_RESULTS, document));
        upgraded.follow(finished);
        Map<MigId, Action> touched = new LinkedHashMap<>();
        finished.forEach(command -> touched.put(command.action().id(), command.action()));
        landing.check(touched.values());
        for (int i = 0; i < finished.size(); i++) {
            files.finish(finished.get(i), documents.get(i));
        }
    }

    private void count(Answer answer, Finish.Outcome outcome) {
        switch (outcome) {
            case FINISHED -> metrics.commandFinished(answer.status());
            case ALREADY_SUCCESSFUL -> metrics.resultRefused(ResultRefusal.REPEATED);
            case UNKNOWN_COMMAND -> metrics.resultRefused(ResultRefusal.UNKNOWN_COMMAND);
            case WRONG_ACTION -> metrics.resultRefused(ResultRefusal.WRONG_ACTION);
            case WRONG_AGENT -> metrics.resultRefused(ResultRefusal.WRONG_AGENT);
        }
    }

    private void report(Answer answer, Finish.Outcome outcome) {
        if (outcome == Finish.Outcome.ALREADY_SUCCESSFUL) {
            log.debug("the results came again");
            return;
        }
        OptionalInt before = refused.next(answer.queueLoc().toString());
        before.ifPresent(n ->
                log.warn("discarding results of '{}': {}{}", answer.queueLoc(), reason(outcome), LogThrottle.more(n)));
    }

    private static String reason(Finish.Outcome outcome) {
        return switch (outcome) {
            case UNKNOWN_COMMAND -> "there is no such command";
            case WRONG_ACTION -> "the command belongs to another action";
            case WRONG_AGENT -> "the command was sent to another agent";
            case FINISHED, ALREADY_SUCCESSFUL -> "it has them already";
        };
    }

    /** Takes in the files of command/returned: of operators, and of a time when the database was away. */
    void collect() throws IOException, SQLException {
        List<Loaded> chunk = new ArrayList<>();
        long bytes = 0;
        for (Path file : files.inReturned()) {
            Optional<byte[]> body = load(file);
            if (body.isPresent()
                    && readOrFail(file, body.get())
                            .map(a -> chunk.add(new Loaded(file, a)))
                            .isPresent()) {
                bytes += body.get().length;
            }
            if (chunk.size() >= CHUNK || bytes > MOST_BYTES) {
                finish(chunk);
                chunk.clear();
                bytes = 0;
            }
        }
        finish(chunk);
    }

    private Optional<byte[]> load(Path file) throws IOException {
        try {
            return files.readReturned(file, largest);
        } catch (RejectedException e) {
            fail(file, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Answer> readOrFail(Path file, byte[] body) throws IOException {
        try {
            Answer answer = read(body);
            log.info("loading returned command '{}'", file.getFileName());
            return Optional.of(answer);
        } catch (RejectedException e) {
            fail(file, e.getMessage());
            return Optional.empty();
        }
    }

    private void fail(Path file, String reason) throws IOException {
        if (!Spool.mayBeUnfinished(file, clock.instant())) {
            files.failReturned(file, reason);
        }
    }

    private void finish(List<Loaded> chunk) throws IOException, SQLException {
        if (chunk.isEmpty()) {
            return;
        }
        List<Answer> answers = chunk.stream().map(Loaded::answer).toList();
        try {
            List<Finish> stored = store(answers);
            for (Loaded loaded : chunk) {
                files.discardReturned(loaded.file());
            }
            follow(answers, stored);
        } catch (SQLException e) {
            if (!BadData.isReason(e)) {
                throw e;
            }
            refuse(chunk, e);
        }
    }

    private void refuse(List<Loaded> chunk, SQLException reason) throws IOException, SQLException {
        if (chunk.size() > 1) {
            for (Loaded one : chunk) {
                finish(List.of(one));
            }
        } else {
            metrics.resultRefused(ResultRefusal.DATABASE);
            String failure = "command results insertion in database failed with error: " + reason.getMessage();
            log.error("{}", failure);
            files.failReturned(chunk.get(0).file(), failure);
        }
    }
}
