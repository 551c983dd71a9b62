package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    private static final List<String> NAMES =
            List.of("agent-verif", "agent_verif", "agent-intel", "agent_intel", "compliance-item", "compliance_item");

    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    private static int run(String... args) {
        return new CommandLine(new Main()).execute(args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String sample(String name) {
        return "../../conf/mig-worker-" + name.replace('_', '-') + ".cfg.inc";
    }

    @Test
    void printsItsVersion() {
        assertEquals(0, run("-V"));
        assertEquals(0, run("agent-intel", "-V"));
        assertEquals(("development" + System.lineSeparator()).repeat(2), out());
    }

    @Test
    void wantsToKnowWhichWorkerItIs() {
        assertEquals(2, run());
        assertTrue(err().contains("Missing the worker's name"), err());
        assertEquals(2, run("agent-verify"));
        assertEquals(2, run("agent-verif", "-x"));
        assertTrue(err().contains("Unknown option: '-x'"), err());
    }

    @Test
    void checksTheSampleFiles() {
        for (String name : NAMES) {
            assertEquals(0, run(name, "-t", "-c", sample(name)), name);
        }
        assertEquals(("the configuration is valid" + System.lineSeparator()).repeat(NAMES.size()), out());
    }

    @Test
    void tellsWhatIsWrongWithAConfiguration() throws Exception {
        Path file = Files.writeString(folder.resolve("worker.cfg"), "[mqq]\nhost = h\n");

        assertEquals(9, run("agent-verif", "-t", "-c", file.toString()));
        assertTrue(out().startsWith("FATAL: [mqq] in " + file + ":1 is an unknown section, did you mean"), out());
    }

    @Test
    void tellsThatThereIsNoConfiguration() {
        Path file = folder.resolve("none.cfg");

        assertEquals(9, run("compliance-item", "-c", file.toString()));
        assertEquals("FATAL: configuration file " + file + " does not exist" + System.lineSeparator(), out());
    }

    @Test
    void asksNobodyWithoutATerminal() {
        assertEquals(2, run("agent-verif", "-c", sample("agent-verif"), "--whitelist", "/var/cache/mig/list.txt"));
        assertTrue(err().contains("--whitelist needs a terminal"), err());
    }
}
