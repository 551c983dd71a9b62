package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import ninja.mig.json.MigJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubcommandTest {
    @TempDir
    Path directory;

    private final Invocation mig = new Invocation();

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
        assertEquals(2, mig.run(line.split(" ")), line);

        assertTrue(mig.said().contains("Usage of mig-agent doctor"), mig.said());
        assertEquals("", mig.printed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"doctor -h", "explain --help", "--help"})
    void printsItsUsage(String line) {
        assertEquals(0, mig.run(line.split(" ")));

        assertTrue(mig.printed().contains("mig-agent explain [-c file] action.json"), mig.printed());
    }

    /** The built-in configuration of the tests has no keys. */
    @Test
    void explainsByTheBuiltInConfiguration() throws Exception {
        Investigation now = new Investigation(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        Path file = Files.write(
                directory.resolve("action.json"),
                MigJson.bytes(now.signed(now.draft(Investigation.probe("x")), now.bob)));

        assertEquals(1, mig.run("explain", file.toString()));

        assertTrue(mig.printed().contains("-> no public key is built into this agent"), mig.printed() + mig.said());
        assertFalse(mig.printed().contains("\033"), mig.printed());
        assertEquals("", mig.said());
    }

    @Test
    void explainsNothingByAConfigurationThatTheAgentRefuses() throws Exception {
        Path conf = Files.writeString(directory.resolve("x.cfg"), "[agent]\nrelay = nonsense\n");

        assertEquals(
                1,
                mig.run(
                        "explain",
                        "-c",
                        conf.toString(),
                        directory.resolve("a.json").toString()));

        assertTrue(mig.said().contains("the agent would not start with this configuration: [agent] relay"), mig.said());
        assertEquals("", mig.printed());
    }

    @Test
    void examinesAConfigurationThatTheAgentRefuses() throws Exception {
        Path conf = Files.writeString(
                directory.resolve("x.cfg"), "[agent]\nrelay = amqp://a:topsecret@localhost/\nrelai = x\nsocket = x\n");

        assertEquals(1, mig.run("doctor", "-c=" + conf));

        assertTrue(mig.printed().contains("FIX   [agent] relai in " + conf), mig.printed());
        assertTrue(mig.printed().contains("FIX   [agent] socket in " + conf), mig.printed());
        assertTrue(mig.printed().contains("not checked, since the configuration is refused"), mig.printed());
        assertFalse((mig.printed() + mig.said()).contains("topsecret"), mig.printed());
    }
}
