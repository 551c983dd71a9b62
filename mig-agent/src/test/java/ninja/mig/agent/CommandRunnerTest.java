package ninja.mig.agent;

import static ninja.mig.agent.Investigation.probe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.json.MigJson;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.Action;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.platform.testing.Await;
import ninja.mig.relay.Delivery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CommandRunnerTest {
    @TempDir
    Path directory;

    // Module processes know the real time only.
    private final Investigation it = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final MovableClock clock = new MovableClock(it.now);
    private CommandDesk desk;
    private Outbox outbox;
    private ReplayGuard guard;
    private CommandsAtHand atHand;
    private CommandRunner runner;

    @BeforeEach
    void start() throws Exception {
        desk = new CommandDesk(
                directory,
                new ActionAuthorization(it.keyring(), it.parsedAcl(), Duration.ZERO),
                Set.of("probe", "upgrade"),
                clock);
        outbox = desk.outbox;
        guard = desk.guard;
        atHand = desk.atHand;
        runner = desk.runner;
    }

    @AfterEach
    void stop() throws Exception {
        desk.close();
    }

    /** A new process of the agent, with what the old one left on disk. */
    private void restart() throws Exception {
        stop();
        start();
    }

    @Test
    void answersWithOneResultPerOperationInTheirOrder() throws Exception {
        Action action = it.signed(it.draft(probe("one"), probe("two"), probe("three"), probe("exit")), it.bob);

        deliver(it.command(11, action));

        Command answer = answer();
        assertEquals(CommandStatus.FAILED, answer.status());
        assertEquals("one", answer.results().get(0).elements().get("found").textValue());
        assertEquals("two", answer.results().get(1).elements().get("found").textValue());
        assertEquals("three", answer.results().get(2).elements().get("found").textValue());
        assertEquals(
                List.of("module 'probe': exit status 3"),
                answer.results().get(3).errors());
        assertEquals(CommandDesk.SELF.toString(), answer.agent().queueLoc());
        assertEquals(new MigId(11), answer.id());
    }

    @Test
    void remembersTheLastCommandsForThePeopleOfTheHost() throws Exception {
        deliver(it.command(50, it.signed(it.draft(probe("one")), it.bob)));
        answer();
        deliver(it.command(51, it.forged(it.draft(probe("one")), it.bob)));
        deliver(bytes("{\"id\":0,\"action\":{}}"));

        MigId action = new MigId(7);
        assertEquals(
                List.of(
                        new CommandHistory.Entry(it.now, new MigId(51), action, "refused"),
                        new CommandHistory.Entry(it.now, new MigId(50), action, "success")),
                runner.history().newestFirst());
    }

    @Test
    void fillsNoDiskWithTheLogOfRefusals() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        try (Logging logging = Logging.setUp(LoggingConf.toStream(Severity.WARNING), "mig-agent", stream)) {
            for (int i = 0; i < 1200; i++) {
                deliver(bytes("{nonsense " + i));
            }
            assertEquals(1001, said.toString(StandardCharsets.UTF_8).lines().count());
            clock.advance(Duration.ofSeconds(61));
            deliver(bytes("{\"id\":0,\"action\":{}}"));
        }
        assertEquals(1002, said.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void runsMoreOperationsThanItHasWorkers() throws Exception {
        deliver(it.command(
                12, it.signed(it.draft(probe("1"), probe("2"), probe("3"), probe("4"), probe("5")), it.bob)));

        assertEquals(5, answer().results().size());
    }

    @Test
    void saysWhichModuleIsMissingAndRunsTheOthers() throws Exception {
        deliver(it.command(13, it.signed(it.draft(Investigation.operation("ping", "{}"), probe("one")), it.bob)));

        Command answer = answer();
        assertEquals(CommandStatus.FAILED, answer.status());
        assertEquals(
                List.of("module 'ping' is not available"),
                answer.results().get(0).errors());
        assertTrue(answer.results().get(1).success());
    }

    @Test
    void remembersACommandBeforeItIsAcknowledged() throws Exception {
        List<String> seen = new ArrayList<>();
        byte[] body = it.command(14, it.signed(it.draft(probe("one")), it.bob));

        runner.handle(Delivery.detached("key", body, () -> {
            try {
                seen.add(Files.readString(directory.resolve(".executed")));
                seen.add("answers: " + (outbox.isEmpty() ? "none" : "some"));
            } catch (IOException e) {
                seen.add(e.toString());
            }
        }));

        assertTrue(seen.get(0).contains("\nbegun 14 "), seen::toString);
        assertEquals("answers: none", seen.get(1));
        answer();
    }

    @Test
    void neitherRunsNorAcknowledgesWhatItCannotRemember() throws Exception {
        guard.close();
        AtomicInteger acknowledged = new AtomicInteger();
        byte[] body = it.command(15, it.signed(it.draft(probe("one")), it.bob));

        assertThrows(
                IOException.class, () -> runner.handle(Delivery.detached("key", body, acknowledged::incrementAndGet)));
        assertEquals(0, acknowledged.get());
        assertTrue(outbox.isEmpty());
        assertEquals(List.of(), atHand.all());
    }

    @Test
    void neverRunsACommandTwiceNotEvenAfterARestart() throws Exception {
        byte[] body = it.command(16, it.signed(it.draft(probe("one")), it.bob));
        deliver(body);
        assertEquals(CommandStatus.SUCCESS, answer().status());

        deliver(body);
        assertTrue(outbox.isEmpty(), "a second delivery is ignored");

        restart();
        deliver(body);
        assertTrue(outbox.isEmpty(), "nor is it answered by the next process");
    }

    @Test
    void refusesACommandThatAnEarlierProcessDidNotFinish() throws Exception {
        guard.begin(List.of("17"), it.now.plusSeconds(600));
        restart();

        deliver(it.command(17, it.signed(it.draft(probe("one")), it.bob)));

        assertRefused("already executed: this agent began the command earlier and stopped before its end");
    }

    @Test
    void runsWhatWaitedWhenTheAgentWasKilled() throws Exception {
        byte[] body = it.command(50, it.signed(it.draft(probe("one"), probe("two")), it.bob));
        assertTrue(runner.accept(body).isPresent(), "taken, and never started");

        restart();
        runner.recover();

        Command answer = answer();
        assertEquals(CommandStatus.SUCCESS, answer.status());
        assertEquals(2, answer.results().size());
        deliver(body);
        runner.recover();
        assertTrue(outbox.isEmpty(), "it is neither run nor answered again");
        assertEquals(List.of(), atHand.all());
    }

    @Test
    void runsWhatItFindsWaitingAndNotWhatTheRelaySaysItWas() throws Exception {
        runner.accept(it.command(51, it.signed(it.draft(probe("one")), it.bob)));
        restart();
        atHand.takeOver();

        deliver(it.command(51, it.signed(it.draft(probe("two")), it.bob)));
        assertTrue(outbox.isEmpty());
        runner.recover();

        assertEquals("one", answer().results().get(0).elements().get("found").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"waiting", "running"})
    void putsAsideWhatItCanNeverRead(String state) throws Exception {
        Path left = Files.createDirectories(directory.resolve("commands/4-other"));
        Files.createDirectory(left.resolve("000000000000000001-55." + state)); // what cannot be read, not even by root
        Files.write(
                left.resolve("000000000000000002-56.waiting"),
                it.command(56, it.signed(it.draft(probe("one")), it.bob)));

        Path old = Files.createDirectory(left.resolve("000000000000000003-57." + state));
        Files.setLastModifiedTime(old, FileTime.from(it.now.minus(Duration.ofDays(2))));

        runner.recover();
        assertEquals(new MigId(56), answer().id(), "the other one goes on");
        assertEquals(List.of(new MigId(55)), atHand.all());
        for (int minute = 1; minute < 10; minute++) {
            runner.recover();
            Await.until("the workers are idle", () -> runner.isIdle(Duration.ZERO));
        }

        assertEquals(List.of(), atHand.all());
        assertTrue(Files.exists(directory.resolve("commands/000000000000000001-55." + state + ".unread")));
        assertTrue(outbox.isEmpty());
    }

    @Test
    void runsWhatWasKeptButNotRememberedWhenTheAgentWasKilled() throws Exception {
        byte[] body = it.command(52, it.signed(it.draft(probe("one")), it.bob));
        atHand.take(new MigId(52), body);

        restart();
        runner.recover();
        deliver(body);

        assertEquals(CommandStatus.SUCCESS, answer().status());
        assertEquals(ReplayGuard.Known.ANSWERED, guard.lookUp("52"));
        assertTrue(outbox.isEmpty());
    }

    @Test
    void saysThatItWasKilledAndDoesNotRunTheCommandAgain() throws Exception {
        byte[] body = it.command(53, it.signed(it.draft(probe("one"), probe("two")), it.bob));
        runner.accept(body);
        atHand.begin(new MigId(53));

        restart();
        runner.recover();

        Command answer = answer();
        assertEquals(CommandStatus.FAILED, answer.status());
        assertEquals(List.of(CommandRunner.KILLED), answer.results().get(1).errors());
        assertEquals(List.of(), atHand.all());
        deliver(body);
        runner.recover();
        assertTrue(outbox.isEmpty(), "the relay's second copy is ignored");
    }

    @Test
    void keepsTheAnswerOfACommandAfterWhichTheAgentWasKilled() throws Exception {
        byte[] body = it.command(54, it.signed(it.draft(probe("one")), it.bob));
        runner.accept(body);
        atHand.begin(new MigId(54));
        outbox.keep(new MigId(54), RunDir.content(body), () -> {}); // and killed before the guard knows of it

        restart();
        runner.recover();

        assertEquals(CommandStatus.SENT, answer().status());
        assertTrue(outbox.isEmpty());
        assertEquals(ReplayGuard.Known.ANSWERED, guard.lookUp("54"));
        assertEquals(List.of(), atHand.all());
    }

    @Test
    void answersWhatExpiredWhileNoAgentRanWhateverTheirNumber() throws Exception {
        Action action = it.signed(it.draft(probe("one")), it.bob);
        for (int i = 0; i < 25; i++) {
            runner.accept(it.command(60 + i, action));
        }
        restart();
        clock.advance(Duration.ofHours(1));

        runner.recover();

        Command answer = answer();
        assertEquals(CommandStatus.TIMEOUT, answer.status());
        assertEquals("expired before it could run", Investigation.errors(answer));
        assertEquals(24, drain());
        assertEquals(List.of(), atHand.all());
    }

    @Test
    void leavesWhatWaitsToItsNextProcessWhenItEnds() throws Exception {
        Action waiting = it.signed(it.draft(probe("wait"), probe("wait")), it.bob);
        deliver(it.command(90, waiting));
        Await.until("two modules run", () -> !atHand.isWaiting(new MigId(90)));
        deliver(it.command(91, it.signed(it.draft(probe("one")), it.bob)));

        restart();
        assertRefused("agent is shutting down\nagent is shutting down");
        assertTrue(outbox.isEmpty());

        runner.recover();
        Command answer = answer();
        assertEquals(new MigId(91), answer.id());
        assertEquals(CommandStatus.SUCCESS, answer.status());
    }

    @Test
    void saysThatACheckInWasOver() throws Exception {
        deliver(it.command(95, it.signed(it.draft(probe("wait")), it.bob)));
        Await.until("the module runs", () -> !atHand.isWaiting(new MigId(95)));

        runner.stop(new Outcome.CheckInOver(Duration.ofSeconds(360)));

        Command answer = answer();
        assertEquals(CommandStatus.TIMEOUT, answer.status());
        assertEquals("the check-in was over after 360 s, before the module was", Investigation.errors(answer));
    }

    @Test
    void leavesWhatAnotherProcessHasGotMeanwhile() throws Exception {
        byte[] body = it.command(96, it.signed(it.draft(probe("one")), it.bob));
        runner.accept(body);
        Process other = LockHolder.start(lockOfAnother("000000000000000001-96.waiting", body));
        restart();

        try {
            runner.recover();
            assertEquals(List.of(), atHand.all());
            assertTrue(outbox.isEmpty());
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void takesNothingFromAProcessThatLives() throws Exception {
        byte[] body = it.command(92, it.signed(it.draft(probe("one")), it.bob));
        Process other = LockHolder.start(lockOfAnother("000000000000000001-92.waiting", body));
        try {
            guard.begin(List.of("92"), it.now.plusSeconds(600));

            runner.recover();
            deliver(body);
            assertTrue(outbox.isEmpty(), "the other process will answer");
        } finally {
            other.destroyForcibly().waitFor();
        }

        runner.recover();
        assertEquals(CommandStatus.SUCCESS, answer().status());
    }

    @Test
    void refusesWhatItHadToForget() throws Exception {
        stop();
        Files.writeString(
                directory.resolve(".executed"),
                "forgotten " + it.now.plusSeconds(600 + 3600).getEpochSecond() + "\n");
        start();

        deliver(it.command(93, it.signed(it.draft(probe("one")), it.bob)));
        Command answer = answer();
        assertEquals(CommandStatus.FAILED, answer.status());
        assertTrue(Investigation.errors(answer).startsWith("perhaps already executed"), Investigation.errors(answer));

        Action longer = it.draft(probe("one")).withWindow(it.now, it.now.plusSeconds(601));
        deliver(it.command(94, it.signed(longer, it.bob)));
        assertEquals(CommandStatus.SUCCESS, answer().status());
    }

    private Path lockOfAnother(String file, byte[] body) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("commands/1-living"));
        Files.write(folder.resolve(file), body);
        return directory.resolve("commands/1-living.lock");
    }

    @Test
    void runsADangerousActionOnceWhateverTheCommand() throws Exception {
        Action upgrade = it.signed(it.draft(Investigation.operation("upgrade", "{}")), it.bob);
        deliver(it.command(18, upgrade));
        answer();

        deliver(it.command(19, upgrade));
        assertRefused("already executed: an action with module 'upgrade' runs once on an agent");

        restart();
        deliver(it.command(20, upgrade));
        assertRefused("already executed: an action with module 'upgrade' runs once on an agent");
    }

    @Test
    void refusesADangerousActionThatStaysValidForLong() throws Exception {
        Action upgrade = it.draft(Investigation.operation("agentdestroy", "{}"))
                .withWindow(it.now, it.now.plus(Duration.ofDays(31)));

        deliver(it.command(21, it.signed(upgrade, it.bob)));

        assertRefused("an action with module 'agentdestroy' must not be valid for more than 30 days");
    }

    @Test
    void answersAForgedActionWithTheReasonOncePerOperation() throws Exception {
        deliver(it.command(22, it.forged(it.draft(probe("one"), probe("two")), it.bob)));

        Command answer = answer();
        assertEquals(CommandStatus.FAILED, answer.status());
        assertEquals(2, answer.results().size());
        assertTrue(answer.results().get(1).errors().get(0).contains("signature"), Investigation.errors(answer));
        assertEquals(ReplayGuard.Known.NEW, guard.lookUp("22"), "a refused command may come again, correctly");
    }

    @Test
    void answersInsufficientWeight() throws Exception {
        deliver(it.command(23, it.signed(it.draft(Investigation.operation("netstat", "{}")), it.bob)));

        assertRefused(
                "operation 0, module 'netstat': permission denied, its signers weigh 1, permission 'netstat' needs 2");
    }

    @Test
    void answersAnExpiredAction() throws Exception {
        byte[] body = it.command(24, it.signed(it.draft(probe("one")), it.bob));
        clock.advance(Duration.ofHours(1));

        deliver(body);

        assertRefused("Action.ExpireAfter is passed. Action has expired.");
    }

    @Test
    void answersACommandWhoseMembersHaveWrongTypes() throws Exception {
        deliver("{\"id\":25,\"action\":{\"name\":5,\"operations\":[{},{}]}}".getBytes(StandardCharsets.UTF_8));

        JsonNode answer = MigJson.tree(Files.readAllBytes(desk.await()));
        assertEquals("failed", answer.get("status").textValue());
        assertEquals(2, answer.get("results").size());
        assertTrue(answer.get("results").get(1).get("errors").get(0).textValue().contains("action.name"));
    }

    @Test
    void answersTheActionAsItCame() throws Exception {
        String action = MigJson.text(it.signed(it.draft(probe("one")), it.bob));
        String odd = action.substring(0, action.length() - 1) + ",\"unknown\":{\"Kept\":[1.50,null]}}";
        deliver(("{\"ID\":2.6e+1,\"Action\":" + odd + ",\"STATUS\":\"sent\"}").getBytes(StandardCharsets.UTF_8));

        String text = Files.readString(desk.await());
        assertTrue(text.contains("\"unknown\":{\"Kept\":[1.5,null]}"), text);
        assertTrue(text.startsWith("{\"ID\":26,\"Action\":{"), text);
        assertTrue(text.contains("\"STATUS\":\"success\""), text);
        assertEquals(MigJson.tree(odd), MigJson.tree(text).get("Action"));
    }

    @Test
    void doesNotAnswerWhatHasNoId() throws Exception {
        Action action = it.signed(it.draft(probe("one")), it.bob);
        for (byte[] hostile : List.of(
                new byte[0],
                new byte[] {0, 1, 2, (byte) 0xff},
                bytes("not JSON"),
                bytes("[]"),
                bytes("{\"id\":30"),
                bytes("{\"id\":30}{}"),
                bytes("{\"id\":30,\"id\":31}"),
                bytes("{\"id\":\"30\"}"),
                bytes("{\"id\":-30}"),
                bytes("{\"id\":1.5}"),
                bytes("{\"id\":1e300}"),
                bytes("{}"),
                bytes("[".repeat(100_000)),
                bytes("{\"action\":" + MigJson.text(action) + "}"))) {
            deliver(hostile);
        }

        assertTrue(outbox.isEmpty());
        assertFalse(Files.readString(directory.resolve(".executed")).contains("begun"));
    }

    @Test
    void answersTwentyRefusalsAMinute() throws Exception {
        byte[] forged = it.command(40, it.forged(it.draft(probe("one")), it.bob));
        for (int i = 0; i < 30; i++) {
            deliver(forged);
        }
        assertEquals(20, drain());

        clock.advance(Duration.ofSeconds(60));
        deliver(forged);
        assertEquals(1, drain());
    }

    private void deliver(byte[] body) throws IOException {
        assertEquals(1, desk.deliver(body));
    }

    private void assertRefused(String reason) throws Exception {
        Command answer = answer();
        assertEquals(CommandStatus.FAILED, answer.status());
        assertEquals(reason, Investigation.errors(answer));
    }

    private Command answer() throws Exception {
        return MigJson.read(desk.take(), Command.class);
    }

    private int drain() throws Exception {
        int count = 0;
        for (Path next : outbox.waiting()) {
            outbox.remove(next);
            count++;
        }
        return count;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
