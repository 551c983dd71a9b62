package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import ninja.mig.json.MigJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubcommandTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "doctor -x",
                "doctor -m file",
                "doctor -d",
                "doctor extra",
                "doctor -c",
                "--doctor -f",
                "explain",
                "explain -c",
                "explain -c x.cfg -f action.json",
                "explain action.json more.json",
                "-f doctor",
                "-f explain action.json",
                "explain -p"
            })
    void refusesAnythingElse(String line) {
        assertEquals(2, run(line.split(" ")), line);

        assertTrue(said().contains("Usage of mig-agent doctor"), said());
        assertEquals("", printed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"doctor -h", "explain --help", "--help"})
    void printsItsUsage(String line) {
        assertEquals(0, run(line.split(" ")));

        assertTrue(printed().contains("mig-agent explain [-c file] action.json"), printed());
    }

    /** The built-in configuration of the tests has no keys. */
    @Test
    void explainsByTheBuiltInConfiguration() throws Exception {
        Investigation now = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        Path file = Files.write(
                directory.resolve("action.json"),
                MigJson.bytes(now.signed(now.draft(Investigation.probe("x")), now.bob)));

        assertEquals(1, run("explain", file.toString()));

        assertTrue(printed().contains("-> no public key is built into this agent"), printed() + said());
        assertFalse(printed().contains("\033"), printed());
        assertEquals("", said());
    }

    @Test
    void explainsNothingByAConfigurationThatTheAgentRefuses() throws Exception {
        Path conf = Files.writeString(directory.resolve("x.cfg"), "[agent]\nrelay = nonsense\n");

        assertEquals(
                1,
                run(
                        "explain",
                        "-c",
                        conf.toString(),
                        directory.resolve("a.json").toString()));

        assertTrue(said().contains("the agent would not start with this configuration: [agent] relay"), said());
        assertEquals("", printed());
    }

    @Test
    void examinesAConfigurationThatTheAgentRefuses() throws Exception {
        Path conf = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:topsecret@localhost/\nrelai = x\nsocket = x\n");

        assertEquals(1, run("doctor", "-c=" + conf));

        assertTrue(printed().contains("FIX   [agent] relai in " + conf), printed());
        assertTrue(printed().contains("FIX   [agent] socket in " + conf), printed());
        assertTrue(printed().contains("not checked, since the configuration is refused"), printed());
        assertFalse((printed() + said()).contains("topsecret"), printed());
    }

    private int run(String... args) {
        return Main.run(
                List.of(args),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
