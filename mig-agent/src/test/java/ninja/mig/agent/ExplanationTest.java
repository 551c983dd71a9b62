package ninja.mig.agent;

import static ninja.mig.agent.Investigation.operation;
import static ninja.mig.agent.Investigation.probe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.MigId;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplanationTest {
    @TempDir
    Path directory;

    private final Investigation it = new Investigation();
    private final MovableClock clock = new MovableClock(it.now);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Optional<QueueLoc> self = Optional.of(new QueueLoc("linux", "host.example.net", "abcdefghijklm"));
    private AgentConf conf;

    @BeforeEach
    void configure() throws Exception {
        conf = it.conf(
                "[agent]\nrelay = amqp://agent:secret@localhost:5672/mig\nmoduletimeout = 90s\n",
                "file",
                "probe",
                "upgrade");
    }

    @Test
    void showsWhoSignedAndWhatTheyWeigh() throws Exception {
        assertTrue(explain(it.signed(it.draft(probe("look around")), it.bob, it.sam)), this::text);

        assertTrue(text().contains("OK    " + it.bob.fingerprint() + "  Bob Kelso <bob@example.net>, signed "), text());
        assertTrue(text().contains("OK    " + it.sam.fingerprint()), text());
        assertTrue(text().contains("OK    0 probe: weight 2 of 1 needed by permission 'default'"), text());
        assertTrue(text().matches("(?s).*signed by +Bob \\(1\\) \\+ Sam \\(1\\)\n.*"), text());
        assertTrue(text().matches("(?s).*parameters +\\{\"do\":\"look around\"\\}\n.*"), text());
        assertTrue(text().matches("(?s).*would +misbehaves\n.*at most for +1m30s\n.*"), text());
        assertTrue(text().endsWith("Verdict\n  OK    this agent would run the action now\n"), text());
    }

    /** The verdict is that of the checks of the agent, whatever is wrong. */
    @Test
    void agreesWithTheAgent() throws Exception {
        Map<String, Action> actions = new LinkedHashMap<>();
        Action draft = it.draft(probe("x"));
        actions.put("good", it.signed(draft, it.bob));
        actions.put("signed by both", it.signed(draft, it.bob, it.sam));
        actions.put("unsigned", draft);
        actions.put("forged", it.forged(draft, it.bob));
        actions.put("by a stranger", it.signed(draft, it.stranger));
        actions.put("by a stranger too", it.signed(draft, it.bob, it.stranger));
        actions.put("signed twice", it.signed(draft, it.bob, it.bob));
        actions.put("another target", it.signed(draft, it.bob).withTarget("name='x'"));
        actions.put("too light", it.signed(it.draft(probe("x"), operation("netstat", "{}")), it.bob));
        actions.put("heavy enough", it.signed(it.draft(probe("x"), operation("netstat", "{}")), it.bob, it.sam));
        actions.put("expired", it.signed(draft.withWindow(it.now.minusSeconds(9), it.now.minusSeconds(1)), it.bob));
        actions.put("early", it.signed(draft.withWindow(it.now.plusSeconds(1), it.now.plusSeconds(9)), it.bob));
        actions.put("no syntax", it.signed(draft, it.bob).withSyntaxVersion(1));
        actions.put("no operation", it.draft().withSignatures(List.of("x")));

        int accepted = 0;
        for (Map.Entry<String, Action> entry : actions.entrySet()) {
            String refusal = "";
            try {
                AgentDaemon.authorization(conf).authorize(entry.getValue(), it.now);
                accepted++;
            } catch (RejectedException e) {
                refusal = e.getMessage();
            }
            boolean would = explain(entry.getValue());

            assertEquals(refusal.isEmpty(), would, entry.getKey() + text());
            assertTrue(text().contains(refusal), entry.getKey() + text());
        }
        assertEquals(3, accepted);
    }

    @Test
    void showsEachSignatureForItself() throws Exception {
        Action action = it.signed(it.draft(operation("netstat", "{}")), it.bob, it.stranger);

        assertFalse(explain(action));

        assertTrue(text().contains("OK    " + it.bob.fingerprint()), text());
        assertTrue(text().contains("NO    refused: signature made by unknown key"), text());
        assertTrue(text().contains("NO    0 netstat: permission denied, its signers weigh 1"), text());
        assertTrue(
                text().contains("NO    this agent would not run the action\n        -> signature made by unknown"),
                text());
    }

    @Test
    void knowsWhatTheAgentCannotDo() throws Exception {
        assertTrue(explain(it.signed(it.draft(probe("x"), operation("file", "{\"searches\":5}")), it.bob)), this::text);
        assertTrue(text().contains("NO    the module refuses its parameters: "), text());

        assertFalse(explain(it.signed(it.draft(operation("ping", "{}")), it.bob)));
        assertTrue(text().contains("NO    this agent does not have the module"), text());
        assertTrue(text().contains("none of its operations can do anything here"), text());
    }

    @Test
    void saysWhatItWouldDoAndForHowLong() throws Exception {
        String searches = "{\"searches\":{\"a\":{\"paths\":[\"/etc\",\"/usr\"],\"names\":[\"^x$\"],"
                + "\"options\":{\"maxdepth\":3}},\"b\":{\"paths\":[\"/etc\"],\"sizes\":[\">1k\"]}}}";
        Action action =
                it.draft(operation("file", searches)).withWindow(it.now.minusSeconds(9), it.now.plusSeconds(40));

        assertTrue(explain(it.signed(action, it.bob)), this::text);

        assertTrue(text().matches("(?s).*namely +2 searches by names, sizes in \"/etc\", \"/usr\"\n.*"), text());
        assertTrue(text().matches("(?s).*at most for +40s\n.*"), text());
    }

    @Test
    void namesParametersInFewWords() throws Exception {
        assertEquals(
                "destination \"example.net\"; count 3; ports 1, 2, 3, 4, 5 and 2 others; options with a, b",
                particulars(
                        "{\"destination\":\"example.net\",\"count\":3,\"ports\":[1,2,3,4,5,6,7],\"options\":{\"a\":1,\"b\":2}}"));
        assertEquals("", particulars("null"));
    }

    @Test
    void saysWhatIsIgnoredInSearches() throws Exception {
        assertEquals(
                "2 searches by names in \"/etc\"; ignored: maxdepth, name",
                particulars("{\"searches\":{\"a\":{\"paths\":[\"/etc\"],\"name\":[\"x\"],\"MaxDepth\":1},"
                        + "\"b\":{\"Names\":[\"y\"],\"options\":{}}}}"));
    }

    private static String particulars(String parameters) throws Exception {
        return Particulars.of(MigJson.tree(parameters.getBytes(StandardCharsets.UTF_8)), List.of("names", "paths"));
    }

    @Test
    void remembersWhatRunsOnce() throws Exception {
        Action action = it.signed(it.draft(operation("upgrade", "{}"), probe("x")), it.bob);
        assertTrue(explain(action), this::text);
        try (ReplayGuard guard = ReplayGuard.open(RunDir.open(directory.resolve("run")), clock)) {
            guard.begin(List.of(RunOnce.key(action, guard).orElseThrow(), "77"), action.expireAfter());
        }
        byte[] before = Files.readAllBytes(directory.resolve("run/.executed"));

        assertFalse(explain(action));
        assertTrue(text().contains("-> already executed: an action with module 'upgrade' runs once"), text());

        Action probed = it.signed(it.draft(probe("x")), it.bob);
        assertTrue(explain(it.command(76, probed)), this::text);
        assertFalse(explain(it.command(77, probed)));
        assertTrue(text().contains("-> already executed: this agent began the command"), text());
        assertEquals(new String(before, StandardCharsets.UTF_8), Files.readString(directory.resolve("run/.executed")));
    }

    @Test
    void knowsTheCommandsThatWaitOnDisk() throws Exception {
        byte[] command = it.command(78, it.signed(it.draft(probe("x")), it.bob));
        RunDir runDir = RunDir.open(directory.resolve("run"));
        try (CommandsAtHand atHand = CommandsAtHand.open(runDir);
                ReplayGuard guard = ReplayGuard.open(runDir, clock)) {
            atHand.take(new MigId(78), command);
            guard.begin(List.of("78"), it.now.plusSeconds(600));
            assertFalse(explain(command));
            assertTrue(text().contains("-> command 78 is here already and waits to be run"), text());

            atHand.begin(new MigId(78));
            assertFalse(explain(command));
            assertTrue(text().contains("-> command 78 is here already and is being run"), text());
            assertEquals(List.of(new MigId(78)), atHand.all());
        }
    }

    @Test
    void refusesACommandForAnotherAgent() throws Exception {
        ObjectNode command = (ObjectNode) MigJson.tree(it.command(75, it.signed(it.draft(probe("x")), it.bob)));
        command.set("agent", MigJson.tree("{\"queueloc\":\"linux.host.example.net.abcdefghijklm\"}"));
        assertTrue(explain(MigJson.bytes(command)), this::text);

        self = Optional.empty();
        assertFalse(explain(MigJson.bytes(command)));
        assertTrue(text().contains("-> whether the command is for this agent cannot be told"), text());

        self = Optional.of(new QueueLoc("linux", "host.example.net", "zyxwvutsrqpon"));
        assertFalse(explain(MigJson.bytes(command)));
        assertTrue(text().contains("-> the command is for another agent"), text());
    }

    @Test
    void refusesAnUpgradeThatIsValidForTooLong() throws Exception {
        Action draft = it.draft(operation("upgrade", "{}"), probe("x"));

        assertFalse(explain(it.signed(draft.withWindow(it.now, it.now.plus(Duration.ofDays(31))), it.bob)));

        assertTrue(text().contains("must not be valid for more than 30 days"), text());
    }

    @Test
    void leavesNoTrace() throws Exception {
        assertTrue(explain(it.signed(it.draft(probe("exit")), it.bob)), this::text);

        assertFalse(Files.exists(directory.resolve("run")));
    }

    @Test
    void refusesWhatIsNoAction() throws Exception {
        for (String hostile : List.of(
                "",
                "nonsense",
                "5",
                "[]",
                "{}",
                "{\"action\":5}",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"name\":\"a\",\"NAME\":\"b\"}",
                "{\"name\":5}",
                "{\"operations\":[null]}",
                "{\"pgpsignatures\":[\"\",\"=\",\"" + "x".repeat(20_000) + "\"]}",
                "[".repeat(10_000))) {
            assertFalse(explain(hostile.getBytes(StandardCharsets.UTF_8)), hostile);
            assertTrue(text().contains("NO    this agent would not run the action\n        -> "), hostile + text());
        }
        out.reset();
        assertFalse(explanation().explain(directory.resolve("missing.json")));
        assertTrue(text().contains("missing.json cannot be read: no such file or directory"), text());
    }

    @Test
    void letsNoActionPaintTheScreen() throws Exception {
        Action action = it.signed(it.draft(probe("x")), it.bob).withName("a\033[2J\nVerdict\n  OK  ");

        assertFalse(explain(action));

        assertFalse(text().contains("\033"), text());
        assertEquals(
                1, text().lines().filter(line -> line.startsWith("Verdict")).count(), text());
    }

    private boolean explain(Action action) throws Exception {
        return explain(MigJson.bytes(action));
    }

    private boolean explain(byte[] content) throws Exception {
        out.reset();
        return explanation().explain(Files.write(directory.resolve("action.json"), content));
    }

    private Explanation explanation() {
        Page page = new Page(new PrintStream(out, true, StandardCharsets.UTF_8), false);
        return new Explanation(page, conf, RunDir.existing(directory.resolve("run")), self, clock);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
