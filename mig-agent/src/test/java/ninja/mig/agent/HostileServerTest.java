package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import ninja.mig.acl.Acl;
import ninja.mig.json.MigJson;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.Action;
import ninja.mig.pgp.Keyring;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An attacker has relay, scheduler and database, and tries everything on one agent, which must outlive it and still serve. */
@Timeout(180)
class HostileServerTest {
    private static final int LONGEST_REASON = 1000;
    private static final int MOST_LOGGED = 4096;

    /** Twenty refusals a minute are answered. */
    private static final Duration BETWEEN = Duration.ofMillis(3100);

    private static final Duration LONGEST_CASE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final MovableClock clock = new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Tally> tallies = new TreeMap<>();
    private Path record;
    private HostileServer server;
    private CommandDesk desk;
    private Logging logging;

    private static final class Tally {
        private int cases;
        private int answered;
        private int executed;
        private Duration longest = Duration.ZERO;
    }

    @BeforeEach
    void start() throws Exception {
        record = directory.resolve("executed-by-the-attacker");
        server = new HostileServer(clock.instant(), record);
        desk = new CommandDesk(
                directory.resolve("run"),
                new ActionAuthorization(
                        Keyring.of(server.publicKeys()), Acl.parse(List.of(server.acl())), Duration.ZERO),
                Set.of("probe"),
                clock);
        logging = Logging.setUp(LoggingConf.toStream(Severity.INFO), "mig-agent", new PrintStream(log, true, UTF_8));
    }

    @AfterEach
    void stop() throws Exception {
        desk.close();
        logging.close();
    }

    @Test
    void refusesEveryAttackAndServesAfterwards() throws Exception {
        List<HostileCase> cases = HostileCases.all();
        assertEquals(
                cases.size(),
                cases.stream().map(HostileCase::toString).distinct().count(),
                "every case has a name of its own");
        assertTrue(cases.size() >= 100, () -> cases.size() + " cases");

        for (HostileCase one : cases) {
            attempt(one);
        }

        print(cases.size());
        assertEquals(List.of(), problems);
        clock.advance(Duration.ofMinutes(1));
        deliver(server.send(server.signedProbe()).message());
        JsonNode answer = answer();
        assertEquals("success", answer.get("status").textValue(), answer::toString);
        assertEquals(List.of("ran"), Files.readAllLines(record), "what the attacker tried is what would have run");
    }

    /** Nothing that is signed names command or agent: this much he can do, within the action's time. */
    @Test
    void runsASignedActionAgainUnderAnotherIdAndSaysSo() throws Exception {
        Action action = server.signed(server.draft(server.probe("one")), server.bob);
        deliver(server.command(1, action));
        answer();

        deliver(server.command(2, action));

        assertEquals("success", answer().get("status").textValue());
        String logged = log.toString(UTF_8);
        assertTrue(logged.contains(" 7 2 [warning] this very action ran here before, as command 1"), logged);
        clock.advance(Duration.ofHours(2));
        deliver(server.command(3, action));
        assertEquals("failed", answer().get("status").textValue());
    }

    private void attempt(HostileCase one) throws Exception {
        Tally tally = tallies.computeIfAbsent(one.group(), group -> new Tally());
        tally.cases++;
        HostileServer.Shot shot = one.attempt().by(server);
        for (byte[] honest : shot.before()) {
            clock.advance(BETWEEN);
            deliver(honest);
            answer();
        }
        clock.advance(BETWEEN);
        log.reset();
        Instant start = Instant.now();
        try {
            deliver(shot.message());
            if (one.isAnswered()) {
                tally.answered++;
                checkAnswer(one, shot, answer());
            }
            Await.closely("the agent is idle", LONGEST_CASE, () -> desk.runner.isIdle(Duration.ZERO));
        } catch (RuntimeException | AssertionError e) {
            problem(one, e.toString());
        }
        Duration took = Duration.between(start, Instant.now());
        tally.longest = took.compareTo(tally.longest) > 0 ? took : tally.longest;
        if (took.compareTo(LONGEST_CASE) > 0) {
            problem(one, "took " + took);
        }
        if (!desk.outbox.isEmpty()) {
            problem(one, "was answered: " + answer());
        }
        if (Files.exists(record)) {
            tally.executed++;
            problem(one, "WAS EXECUTED");
            Files.delete(record);
        }
        checkLog(one, shot.id());
    }

    private void checkAnswer(HostileCase one, HostileServer.Shot shot, JsonNode answer) {
        if (answer.path("id").longValue() != shot.id()
                || !answer.path("status").asText().equals("failed")) {
            problem(one, "answered with id " + answer.path("id") + " and status " + answer.path("status"));
        }
        JsonNode results = answer.path("results");
        for (JsonNode result : results) {
            String reason = result.path("errors").path(0).asText();
            if (result.path("success").asBoolean() || !reason.contains(one.reply())) {
                problem(one, "answered: " + brief(result.toString()));
                return;
            }
            if (reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl)) {
                problem(one, "answered with " + reason.length() + " characters: " + brief(reason));
            }
            if (reason.contains("ninja.mig") || reason.contains("java.")) {
                problem(one, "answered with names of classes: " + brief(reason));
            }
        }
        if (results.isEmpty()) {
            problem(one, "answered without a reason");
        }
    }

    private void checkLog(HostileCase one, long id) {
        String text = log.toString(UTF_8);
        if (text.lines().noneMatch(line -> line.contains(one.log()) && (id == 0 || line.contains(" " + id + " [")))) {
            problem(one, "logged: " + brief(text));
        }
        if (!text.lines().allMatch(line -> line.matches("[0-9/]{10} [0-9:]{8} .*"))) {
            problem(one, "forged a line of the log: " + brief(text));
        }
        if (text.length() > MOST_LOGGED) {
            problem(one, "logged " + text.length() + " characters");
        }
    }

    private void problem(HostileCase one, String what) {
        problems.add("\n" + one + ": " + what);
    }

    private static String brief(String text) {
        return text.length() < 600 ? text : text.substring(0, 600) + "...";
    }

    private void deliver(byte[] message) throws Exception {
        assertEquals(1, desk.deliver(message), "acknowledged");
    }

    private JsonNode answer() throws Exception {
        return MigJson.tree(desk.take());
    }

    private void print(int cases) {
        StringBuilder table = new StringBuilder("Hostile server, one agent\n");
        String row = "| %-30s | %5s | %8s | %11s | %8s | %10s |%n";
        table.append(row.formatted("what is attacked", "cases", "answered", "logged only", "executed", "longest ms"));
        Tally sum = new Tally();
        tallies.forEach((group, tally) -> {
            table.append(row.formatted(
                    group,
                    tally.cases,
                    tally.answered,
                    tally.cases - tally.answered,
                    tally.executed,
                    tally.longest.toMillis()));
            sum.answered += tally.answered;
            sum.executed += tally.executed;
        });
        table.append(row.formatted("all", cases, sum.answered, cases - sum.answered, sum.executed, ""));
        System.out.print(table);
    }
}
