package ninja.mig.database;

import static ninja.mig.database.Samples.NOW;
import static ninja.mig.database.Samples.action;
import static ninja.mig.database.Samples.commands;
import static ninja.mig.database.Samples.found;
import static ninja.mig.database.Samples.heartbeats;
import static ninja.mig.database.Samples.registered;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import ninja.mig.database.Finish.Outcome;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(MigServices.class)
class CommandsIT {
    private final Installed installed;
    private Database database;
    private Commands commands;
    private Action action;
    private List<Command> sent;

    CommandsIT(FreshDatabase fresh) throws SQLException {
        installed = Installed.in(fresh);
    }

    @BeforeEach
    void fly() throws Exception {
        installed.empty();
        database = installed.scheduler();
        commands = new Commands(database);
        action = action("an action");
        sent = flown(action, registered(database, heartbeats(3)));
    }

    private List<Command> flown(Action what, List<Agent> agents) throws Exception {
        Actions actions = new Actions(database);
        actions.insert(what, List.of());
        try (Claims claims = new Claims(database)) {
            claims.take(NOW, 100);
        }
        actions.prepare(what.id(), NOW);
        List<Command> made = commands(what, agents);
        assertTrue(actions.fly(what.id(), made, NOW));
        return made;
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static Command succeeded(Command command) {
        return command.withAnswer(CommandStatus.SUCCESS, List.of(found("a"), found("b")));
    }

    private Finish finish(Command answer) throws SQLException {
        return commands.finish(List.of(answer), NOW.plusSeconds(3)).get(0);
    }

    private Command stored(Command command) throws SQLException {
        return commands.byId(command.id()).orElseThrow();
    }

    @Test
    void storesAnAnswer() throws Exception {
        Finish finish = finish(succeeded(sent.get(0)));

        Command stored = stored(sent.get(0));
        assertEquals(Outcome.FINISHED, finish.outcome());
        assertEquals(CommandStatus.SUCCESS, stored.status());
        assertEquals(List.of(found("a"), found("b")), stored.results());
        assertEquals(NOW.plusSeconds(3), stored.finishTime());
        assertEquals(action.name(), stored.action().name());
        assertEquals(sent.get(0).agent().queueLoc(), stored.agent().queueLoc());
        assertEquals(stored, finish.command().orElseThrow());
    }

    @Test
    void believesNothingButStatusAndResults() throws Exception {
        Command sent0 = sent.get(0);
        Agent liar = new Agent(
                new MigId(1),
                "liar",
                sent0.agent().queueLoc(),
                "checkin",
                "9",
                1,
                NOW,
                NOW,
                NOW,
                null,
                true,
                null,
                null);
        Command answer = new Command(
                sent0.id(),
                action.withTarget("true").withSignatures(List.of()),
                liar,
                CommandStatus.SUCCESS,
                List.of(found("a"), found("b")),
                Instant.EPOCH,
                Instant.EPOCH);

        Command stored = finish(answer).command().orElseThrow();

        assertEquals(sent0.agent().name(), stored.agent().name());
        assertEquals(action.target(), stored.action().target());
        assertEquals(sent0.startTime(), stored.startTime());
    }

    @Test
    void refusesWhatDoesNotBelong() throws Exception {
        Action other = action("another action");
        flown(other, registered(database, heartbeats(1)));
        Command wrongAction = succeeded(sent.get(0));
        Agent otherAgent = sent.get(1).agent();
        List<Command> answers = List.of(
                new Command(new MigId(99), action, otherAgent, CommandStatus.SUCCESS, List.of(), NOW, NOW),
                new Command(
                        wrongAction.id(),
                        other,
                        wrongAction.agent(),
                        CommandStatus.SUCCESS,
                        wrongAction.results(),
                        NOW,
                        NOW),
                new Command(
                        sent.get(0).id(), action, otherAgent, CommandStatus.SUCCESS, wrongAction.results(), NOW, NOW),
                new Command(sent.get(0).id(), null, null, CommandStatus.SUCCESS, List.of(), NOW, NOW),
                new Command(sent.get(0).id(), action, null, CommandStatus.SUCCESS, List.of(), NOW, NOW),
                succeeded(sent.get(2)));

        List<Finish> finishes = commands.finish(answers, NOW);

        assertEquals(
                List.of(
                        Outcome.UNKNOWN_COMMAND,
                        Outcome.WRONG_ACTION,
                        Outcome.WRONG_AGENT,
                        Outcome.WRONG_ACTION,
                        Outcome.WRONG_AGENT,
                        Outcome.FINISHED),
                finishes.stream().map(Finish::outcome).toList());
        assertEquals(CommandStatus.SENT, stored(sent.get(0)).status());
        assertEquals(CommandStatus.SUCCESS, stored(sent.get(2)).status());
    }

    @Test
    void neverOverwritesSuccess() throws Exception {
        Command failed = sent.get(0).withAnswer(CommandStatus.FAILED, List.of());

        List<Finish> finishes = commands.finish(List.of(failed, succeeded(sent.get(0)), failed), NOW);

        assertEquals(
                List.of(Outcome.FINISHED, Outcome.FINISHED, Outcome.ALREADY_SUCCESSFUL),
                finishes.stream().map(Finish::outcome).toList());
        assertEquals(Outcome.ALREADY_SUCCESSFUL, finish(failed).outcome());
        assertEquals(CommandStatus.SUCCESS, stored(sent.get(0)).status());
    }

    @Test
    void takesALateAnswerFromAnAgentThatIsGone() throws Exception {
        installed.asSuperuser("UPDATE agents SET status = 'offline'");
        commands.expire(NOW.plus(Duration.ofDays(1)), Duration.ofSeconds(30));
        assertEquals(CommandStatus.EXPIRED, stored(sent.get(0)).status());

        assertEquals(Outcome.FINISHED, finish(succeeded(sent.get(0))).outcome());

        assertEquals(CommandStatus.SUCCESS, stored(sent.get(0)).status());
    }

    @Test
    void keepsOneResultForEachOperation() throws Exception {
        finish(sent.get(0).withAnswer(CommandStatus.SUCCESS, List.of(found("a"), found("b"), found("c"))));
        finish(sent.get(1).withAnswer(CommandStatus.FAILED, List.of(found("a"))));

        assertEquals(List.of(found("a"), found("b")), stored(sent.get(0)).results());
        assertEquals(
                List.of(found("a"), ModuleResult.EMPTY), stored(sent.get(1)).results());
    }

    @ParameterizedTest
    @EnumSource(
            value = CommandStatus.class,
            names = {"SENT", "EXPIRED", "NONE"})
    void turnsAStateThatNoAgentMaySetIntoFailed(CommandStatus status) throws Exception {
        Command stored = finish(sent.get(0).withAnswer(status, List.of(found("a"))))
                .command()
                .orElseThrow();

        assertEquals(CommandStatus.FAILED, stored.status());
        assertEquals(
                List.of("the agent returned the command in status '" + status + "'"),
                stored.results().get(0).errors());
    }

    @Test
    void replacesNulByTheReplacementCharacter() throws Exception {
        ModuleResult hostile = found("a\0b\\u0000\\\0");

        finish(sent.get(0).withAnswer(CommandStatus.SUCCESS, List.of(hostile)));

        assertEquals(
                "a\ufffdb\\u0000\\\ufffd",
                installed.ask("SELECT results -> 0 ->> 'elements' FROM commands WHERE id = "
                        + sent.get(0).id()));
    }

    @Test
    void expiresAfterTheGraceOnly() throws Exception {
        finish(succeeded(sent.get(0)));
        Instant end = action.expireAfter();

        assertTrue(commands.expire(end.plusSeconds(30), Duration.ofSeconds(30)).isEmpty());
        List<CalledOff> expired = commands.expire(end.plusSeconds(31), Duration.ofSeconds(30));

        assertEquals(2, expired.size());
        assertEquals("an action", expired.get(0).actionName());
        assertTrue(expired.get(0).agentName().endsWith(".example.net"));
        assertEquals(action.id(), expired.get(0).actionId());
        assertTrue(commands.expire(end.plusSeconds(31), Duration.ZERO).isEmpty());
        assertEquals(CommandStatus.SUCCESS, stored(sent.get(0)).status());
        assertEquals(end.plusSeconds(31), stored(sent.get(1)).finishTime());
    }

    @Test
    void callsOffTheCommandsOfACancelledAction() throws Exception {
        flown(action("goes on"), registered(database, heartbeats(1)));
        finish(succeeded(sent.get(0)));
        new Actions(database).cancel(action.id(), NOW);

        List<CalledOff> cancelled = commands.cancel(NOW);

        assertEquals(2, cancelled.size());
        assertEquals(CommandStatus.CANCELLED, stored(sent.get(1)).status());
        assertTrue(commands.cancel(NOW).isEmpty());
    }

    @Test
    void tellsWhatIsStillOpen() throws Exception {
        finish(succeeded(sent.get(1)));

        List<Command> open = commands.open(action.id());

        assertEquals(
                List.of(sent.get(0).id(), sent.get(2).id()),
                open.stream().map(Command::id).toList());
        assertEquals(action.operations(), open.get(0).action().operations());
        assertEquals(
                Map.of(sent.get(0).id(), CommandStatus.SENT, sent.get(1).id(), CommandStatus.SUCCESS),
                commands.statuses(List.of(sent.get(0).id(), sent.get(1).id(), new MigId(1))));
        assertTrue(commands.byId(new MigId(1)).isEmpty());
    }

    @Test
    void readsButDoesNotFinishAsTheApi() throws Exception {
        try (Database api = installed.api()) {
            Commands ofApi = new Commands(api);
            assertEquals(
                    sent.get(0).id(), ofApi.byId(sent.get(0).id()).orElseThrow().id());
            SQLException refusal = org.junit.jupiter.api.Assertions.assertThrows(
                    SQLException.class, () -> ofApi.finish(List.of(succeeded(sent.get(0))), NOW));
            assertEquals("42501", refusal.getSQLState());
        }
    }

    @Test
    void acceptsNoAnswersAtAll() throws Exception {
        assertTrue(commands.finish(List.of(), NOW).isEmpty());
    }
}
