package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A module as agents run it: in a process of its own. */
@Timeout(120)
class RealProcessTest {
    /** Finds something, then takes all the memory there is and keeps it. */
    static final class Hoarder {
        private static final List<byte[]> HOARD = new ArrayList<>();

        private Hoarder() {}

        public static void main(String[] args) {
            new ModuleProcess(System.in, System.out, false, () -> Runtime.getRuntime()
                            .halt(9))
                    .run(new FoundAndLost(), RunContext.unlimited());
            System.exit(HOARD.isEmpty() ? 8 : 0);
        }

        private static final class FoundAndLost extends FakeModule {
            @Override
            public ModuleResult run(String parameters, RunContext context) {
                ObjectNode elements = JsonNodeFactory.instance.objectNode();
                elements.set("s", LazyArray.of(20_000, i -> JsonNodeFactory.instance.textNode("found " + i)));
                context.partialResult(() -> new ModuleResult(true, true, elements, null, List.of()));
                int size = 1 << 20;
                while (true) {
                    try {
                        HOARD.add(new byte[size]);
                    } catch (OutOfMemoryError e) {
                        if (size < 128) {
                            throw e;
                        }
                        size /= 2;
                    }
                }
            }
        }
    }

    @TempDir
    Path folder;

    private String parameters(String conditions) {
        return "{\"class\":\"parameters\",\"parameters\":{\"searches\":{\"s\":{\"paths\":["
                + MigJson.text(folder.toString()) + "]," + conditions + "}}}}";
    }

    /** A file that is read for longer than a test takes: a tebibyte that is nowhere. */
    private void makeEndless() throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("z").toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
    }

    private static final String SLOW = "\"sha1\":[\"0000000000000000000000000000000000000000\"]";

    @Test
    void answersAndEndsWhileItsInputStaysOpen() throws Exception {
        Files.writeString(folder.resolve("found"), "x");
        Process process = ChildModule.start(List.of());
        ChildModule.say(process, parameters("\"names\":[\"^found$\"]"));

        ModuleResult result = ChildModule.answer(process);

        assertTrue(result.success(), MigJson.text(result));
        assertEquals(1, result.statistics().get("totalhits").asInt());
    }

    @Test
    void givesPartialResultsWhenItIsToldToStop() throws Exception {
        Files.writeString(folder.resolve("a-first"), "x");
        makeEndless();
        Process process = ChildModule.start(List.of());
        ChildModule.say(process, parameters("\"names\":[\"first\"]," + SLOW));
        ChildModule.say(process, "{\"class\":\"stop\"}");

        ModuleResult result = ChildModule.answer(process);

        assertFalse(result.success());
        assertEquals(List.of(ModuleProcess.STOPPED), result.errors());
    }

    @Test
    void givesPartialResultsBeforeItsDeadline() throws Exception {
        Files.writeString(folder.resolve("a-first"), "x");
        makeEndless();
        ModuleResult result;
        long seconds = 2;
        do { // A machine that is busy may need all of that to start a JVM.
            seconds *= 2;
            long deadline = System.currentTimeMillis() + seconds * 1000;
            Process process = ChildModule.start(List.of(), "-Dmig.deadline=" + deadline);
            ChildModule.say(process, parameters("\"names\":[\"first\"]," + SLOW));
            result = ChildModule.answer(process);
        } while (result.statistics().get("totalhits").asInt() == 0 && seconds < 60);

        assertFalse(result.success());
        assertEquals(List.of(ModuleProcess.STOPPED), result.errors());
        assertEquals(1, result.statistics().get("totalhits").asInt());
    }

    @Test
    void givesPartialResultsWhenASignalEndsIt() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "only Linux tells which files a process has open");
        Files.writeString(folder.resolve("a-first"), "x");
        makeEndless();
        Process process = ChildModule.start(List.of());
        ChildModule.say(process, parameters("\"names\":[\"first\"]," + SLOW));
        while (!hasOpen(process, folder.resolve("z"))) {
            assertTrue(process.isAlive());
            Thread.onSpinWait();
        }

        process.toHandle().destroy();

        ModuleResult result = MigJson.read(process.getInputStream().readAllBytes(), ModuleResult.class);
        assertFalse(result.success());
        assertEquals(List.of(ModuleProcess.STOPPED), result.errors());
        assertEquals(1, result.statistics().get("totalhits").asInt());
        assertEquals(143, process.waitFor());
    }

    private static boolean hasOpen(Process process, Path file) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return open.anyMatch(link -> pointsTo(link, file));
        }
    }

    private static boolean pointsTo(Path link, Path file) {
        try {
            return Files.readSymbolicLink(link).equals(file);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @Test
    void saysThatItsResultCouldNotBeWritten() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "only Linux has a device that is always full");
        Process process = ChildModule.builder(List.of(), ChildModule.Program.class)
                .redirectOutput(new File("/dev/full"))
                .redirectError(ProcessBuilder.Redirect.PIPE)
                .start();
        ChildModule.say(process, parameters("\"names\":[\"^found$\"]"));

        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals("the result could not be written completely\n", said);
        assertEquals(1, process.waitFor());
    }

    @Test
    void tellsWhatItFoundWhenMemoryRunsOut() throws Exception {
        Process process = ChildModule.start(List.of(), Hoarder.class, "-Xmx16m");
        ChildModule.say(process, "{\"class\":\"parameters\",\"parameters\":{}}");

        ModuleResult result = ChildModule.answer(process);

        assertFalse(result.success());
        assertEquals(List.of("out of memory"), result.errors());
        assertEquals(20_000, result.elements().get("s").size());
        assertEquals("found 19999", result.elements().get("s").get(19_999).asText());
    }

    @Test
    void staysBelow128MebibytesWithTheLargestResult() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "only Linux tells the highest memory of a process");
        for (int i = 0; i < 20_000; i++) {
            Files.createFile(folder.resolve("f".repeat(200) + i));
        }
        Process process = ChildModule.start(List.of());
        ChildModule.say(process, parameters("\"names\":[\".\",\"f\"],\"options\":{\"matchlimit\":100000}"));
        InputStream document = process.getInputStream();
        int first = document.read(); // It is written as it is made: what takes memory is over when it ends.
        byte[] rest = document.readNBytes(8 << 20);
        long highest = highestKib(process);

        byte[] last = document.readAllBytes();
        ModuleResult result = MigJson.read(document(first, rest, last), ModuleResult.class);
        assertTrue(
                result.errors().get(0).contains("was cut after"),
                result.errors().toString());
        assertTrue(highest < 128 * 1024, highest + " KiB");
        assertEquals(0, process.waitFor());
    }

    private static long highestKib(Process process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] document(int first, byte[] rest, byte[] last) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(first);
        all.writeBytes(rest);
        all.writeBytes(last);
        return all.toByteArray();
    }

    @Test
    void goesOnWhereItMayNotRead() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.writeString(closed.resolve("hidden"), "x");
        Path secret = Files.writeString(folder.resolve("secret"), "x");
        Files.writeString(folder.resolve("visible"), "x");
        new ProcessBuilder("chmod", "0000", closed.toString(), secret.toString())
                .start()
                .waitFor();
        Process process = ChildModule.start(ChildModule.powerless());
        ChildModule.say(process, parameters("\"contents\":[\"x\"],\"options\":{\"matchall\":true}"));

        ModuleResult result = ChildModule.answer(process);

        new ProcessBuilder("chmod", "0700", closed.toString()).start().waitFor();
        assertTrue(result.success(), MigJson.text(result));
        assertEquals(
                List.of(
                        "ERROR: open " + secret + ": permission denied",
                        "ERROR: list " + closed + ": permission denied"),
                result.errors());
        assertEquals(2, result.statistics().get("openfailed").asInt());
        assertEquals(1, result.statistics().get("totalhits").asInt());
    }
}
