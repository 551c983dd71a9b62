package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
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

    @Test
    void printsItsVersion() {
        assertEquals(0, run("-V"));
        assertEquals("development" + System.lineSeparator(), out());
    }

    @Test
    void refusesAFlagThatItDoesNotKnow() {
        assertEquals(2, run("-x"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("Unknown option: '-x'"));
    }

    @Test
    void checksTheSampleFile() {
        assertEquals(0, run("-t", "-c", "../conf/mig-scheduler.cfg.inc"));
        assertEquals("the configuration is valid" + System.lineSeparator(), out());
    }

    @Test
    void tellsWhatIsWrongWithAConfiguration() throws Exception {
        Path file = Files.writeString(folder.resolve("scheduler.cfg"), "[agnet]\ntimeout = 20m\n");

        assertEquals(9, run("-t", "-c", file.toString()));
        assertTrue(out().startsWith("FATAL: [agnet] in " + file + ":1 is an unknown section, did you mean"), out());
    }

    @Test
    void tellsThatThereIsNoConfiguration() {
        Path file = folder.resolve("none.cfg");

        assertEquals(9, run("-c", file.toString()));
        assertEquals("FATAL: configuration file " + file + " does not exist" + System.lineSeparator(), out());
    }

    @Test
    void doesNotStartOnASpoolThatCannotBeUsed() throws Exception {
        Path blocked = Files.writeString(folder.resolve("file"), "");
        String sample = Files.readString(Path.of("../conf/mig-scheduler.cfg.inc"));
        Path file = Files.writeString(
                folder.resolve("scheduler.cfg"), sample.replace("/var/cache/mig/\"", blocked + "/spool\""));

        assertEquals(9, run("-c", file.toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("Initializing Scheduler context..."));
        assertTrue(out().contains("FATAL: [directories] spool " + blocked + "/spool cannot be used"), out());
    }
}
