package ninja.mig.modules.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder that looks like {@code /proc}. */
@Timeout(60)
class ProcFsTest {
    private static final int PAGE = 4096;
    private static final String ANONYMOUS = " rw-p 00000000 00:00 0 \n";

    @TempDir
    Path proc;

    @BeforeAll
    static void hasLinks() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "/proc is Linux's own");
    }

    private Path process(long pid, String maps, Map<Long, String> memory) throws IOException {
        Path folder = Files.createDirectory(proc.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("status"), "Name:\tp%d\nVmSize:\t 8 kB\n".formatted(pid));
        Files.createSymbolicLink(folder.resolve("exe"), Files.createFile(proc.resolve("program" + pid)));
        Files.writeString(folder.resolve("maps"), maps);
        try (FileChannel mem = FileChannel.open(
                folder.resolve("mem"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            for (Map.Entry<Long, String> text : memory.entrySet()) {
                mem.write(StandardCharsets.UTF_8.encode(text.getValue()), text.getKey());
            }
        }
        return folder;
    }

    private void fifo(Path path) throws Exception {
        Files.deleteIfExists(path);
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
    }

    /** Lets go whoever waits for the other end. */
    private static void release(Path fifo) throws IOException {
        new RandomAccessFile(fifo.toFile(), "rw").close();
    }

    private ModuleResult run(String conditions) throws Exception {
        return run(conditions, Duration.ofMinutes(1));
    }

    private ModuleResult run(String conditions, Duration patience) throws Exception {
        MemoryModule module = new MemoryModule(() -> new ProcFs(proc), Set.of(), patience);
        return module.run(
                module.bind(MigJson.tree("{\"searches\":{\"s\":{" + conditions + "}}}")), RunContext.unlimited());
    }

    private static List<Long> found(ModuleResult result) {
        return result.elements().get("s").findValues("pid").stream()
                .map(pid -> pid.asLong())
                .filter(pid -> pid > 0)
                .toList();
    }

    @Test
    void findsProcessesInTheOrderOfTheirNumbers() throws Exception {
        for (long pid : List.of(100L, 9L, 20L)) {
            process(pid, "1000-2000" + ANONYMOUS, Map.of(0x1100L, "needle", 0x1fffL, "\0"));
        }
        Files.createDirectory(proc.resolve("sys"));
        Files.createDirectory(proc.resolve("12x"));
        Files.createDirectory(proc.resolve("99999999999999999999"));

        ModuleResult result = run("\"contents\":[\"needle\"]");

        assertEquals(List.of(9L, 20L, 100L), found(result));
        assertEquals(
                proc.toRealPath().resolve("program9").toString(),
                result.elements().get("s").get(0).get("process").get("name").asText());
        assertFalse(result.statistics().has("failures"), MigJson.pretty(result));
    }

    @Test
    void givesNamesInBracketsToProcessesWithoutExecutable() throws Exception {
        Path gone = process(5, "", Map.of());
        Files.delete(proc.resolve("program5"));
        Path kernel = Files.createDirectory(proc.resolve("2"));
        Files.writeString(kernel.resolve("status"), "Name:\tkthreadd\nState:\tS (sleeping)\n");

        ModuleResult result = run("\"names\":[\"^\\\\[p5\\\\]$\",\"^\\\\[kthreadd\\\\]$\"],\"contents\":[\"x\"]");

        assertTrue(Files.isSymbolicLink(gone.resolve("exe")));
        assertEquals(List.of(5L, 2L), found(result), MigJson.pretty(result));
        assertFalse(result.statistics().has("failures"), MigJson.pretty(result));
        assertEquals(2, result.statistics().get("processcount").asInt());
    }

    @Test
    void leavesOutProcessesThatHaveEnded() throws Exception {
        Files.createDirectory(proc.resolve("5"));
        Path withoutMaps = process(6, "", Map.of());
        Files.delete(withoutMaps.resolve("maps"));
        Files.delete(withoutMaps.resolve("status"));

        ModuleResult result = run("\"libraries\":[\"x\"]");

        assertFalse(result.statistics().has("failures"), MigJson.pretty(result));
    }

    @Test
    void tellsWhatCouldNotBeOpenedOrRead() throws Exception {
        Path loop = process(5, "", Map.of()).resolve("mem");
        Files.delete(loop);
        Files.createSymbolicLink(loop, loop);
        process(6, "nonsense\n", Map.of());
        Path noMaps = process(7, "", Map.of());
        Files.delete(noMaps.resolve("maps"));

        ModuleResult result = run("\"names\":[\"program\"],\"libraries\":[\"x\"]");

        List<String> failures = new ArrayList<>();
        result.statistics().get("failures").forEach(failure -> failures.add(failure.asText()));
        assertEquals(3, failures.size(), failures.toString());
        assertTrue(failures.get(0).startsWith("open " + loop + ": too many levels of symbolic links"), failures.get(0));
        assertEquals("read process 6: 'nonsense' is no line of maps", failures.get(1));
        assertEquals("read process 7: no such file or directory", failures.get(2));
        assertEquals(List.of(6L, 7L), found(result));
    }

    @Test
    void leavesProcessesBehindThatDoNotAnswer() throws Exception {
        process(1, "1000-2000" + ANONYMOUS, Map.of(0x1100L, "needle", 0x1fffL, "\0"));
        Path blocked = process(2, "", Map.of()).resolve("mem");
        fifo(blocked);
        Path blockedLater = process(3, "", Map.of()).resolve("maps");
        fifo(blockedLater);
        process(4, "1000-2000" + ANONYMOUS, Map.of(0x1100L, "needle", 0x1fffL, "\0"));

        ModuleResult result = run("\"names\":[\"program\"],\"contents\":[\"needle\"]", Duration.ofSeconds(1));
        release(blocked);
        release(blockedLater);

        assertTrue(result.success());
        assertEquals(List.of(1L, 3L, 4L, 1L, 4L), found(result));
        assertEquals(
                "[\"process 2 does not answer\",\"process 3 does not answer\"]",
                MigJson.text(result.statistics().get("failures")));
    }

    @Test
    void givesUpWhenTooManyDoNotAnswer() throws Exception {
        for (long pid = 1; pid <= Examination.MOST_LEFT + 1; pid++) {
            fifo(process(pid, "", Map.of()).resolve("mem"));
        }

        ModuleResult result = run("\"names\":[\"program\"]", Duration.ofMillis(100));
        for (long pid = 1; pid <= Examination.MOST_LEFT; pid++) {
            release(proc.resolve(pid + "/mem"));
        }

        assertFalse(result.success());
        assertEquals(List.of("ERROR: 32 processes do not answer, the rest was not examined"), result.errors());
        assertEquals(32, result.statistics().get("failures").size());
    }

    @Test
    void goesOnBehindMoreThanAFewThatDoNotAnswer() throws Exception {
        for (long pid = 1; pid <= 9; pid++) {
            fifo(process(pid, "", Map.of()).resolve("mem"));
        }
        process(10, "1000-2000" + ANONYMOUS, Map.of(0x1100L, "needle", 0x1fffL, "\0"));

        ModuleResult result = run("\"contents\":[\"needle\"]", Duration.ofMillis(100));
        for (long pid = 1; pid <= 9; pid++) {
            release(proc.resolve(pid + "/mem"));
        }

        assertTrue(result.success(), MigJson.pretty(result));
        assertEquals(List.of(10L), found(result));
        assertEquals(9, result.statistics().get("failures").size());
    }

    /** A page map: which pages are in use. */
    private void pagemap(long pid, long pages, long... used) throws IOException {
        ByteBuffer map = ByteBuffer.allocate((int) pages * Long.BYTES).order(ByteOrder.nativeOrder());
        boolean swapped = false;
        for (long page : used) {
            map.putLong((int) page * Long.BYTES, swapped ? 1L << 62 : 1L << 63);
            swapped = !swapped;
        }
        Files.write(proc.resolve(pid + "/pagemap"), map.array());
        Files.createDirectories(proc.resolve("self"));
        ByteBuffer auxv = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        auxv.putLong(33).putLong(7).putLong(6).putLong(PAGE);
        Files.write(proc.resolve("self/auxv"), auxv.array());
    }

    @Test
    void readsOnlyThePagesThatAreInUse() throws Exception {
        long pages = 100_000;
        long end = pages * PAGE;
        // What lies in pages that are not in use is not really there, and shows that they are not read.
        process(
                1,
                "1000-%x".formatted(end) + ANONYMOUS,
                Map.of(0x1100L, "first", 20_000L * PAGE - 3, "split", 50_000L * PAGE, "hidden", end - 4, "last"));
        pagemap(1, pages, 1, 19_999, 20_000, 70_000, pages - 1);

        ModuleResult result = run("\"contents\":[\"first\",\"split\",\"last\",\"hidden\",\"spl.t\\\\x00{1000}\","
                + "\"\\\\x00{500}last$\"],"
                + "\"bytes\":[\"" + "00".repeat(60_000) + "\",\"" + "00".repeat(3000) + "73706c6974\"]");

        assertEquals(
                List.of("1", "1", "1", "0", "1", "1", "1", "1"),
                result.elements().get("s").findValues("pid").stream()
                        .map(pid -> pid.asText())
                        .toList());
        assertEquals(5 * PAGE, result.statistics().get("memoryread").asLong());
    }

    @Test
    void countsPagesThatAreNotInUse() throws Exception {
        long pages = 10_000;
        process(
                1,
                "1000-%x".formatted(pages * PAGE) + ANONYMOUS,
                Map.of(9_000L * PAGE, "needle", pages * PAGE - 1, "\0"));
        pagemap(1, pages, 9_000);

        long length = 8_999L * PAGE + 6;
        assertEquals(List.of(1L), found(run("\"contents\":[\"needle\"],\"options\":{\"maxlength\":" + length + "}")));
        assertEquals(
                List.of(), found(run("\"contents\":[\"needle\"],\"options\":{\"maxlength\":" + (length - 1) + "}")));
    }

    @Test
    void readsEverythingThatBelongsToAFile() throws Exception {
        long pages = 5_000;
        process(
                1,
                "1000-%x rw-p 00000000 fe:00 7 /file\n".formatted(pages * PAGE),
                Map.of(3_000L * PAGE, "needle", pages * PAGE - 1, "\0"));
        pagemap(1, pages);

        assertEquals(List.of(1L), found(run("\"contents\":[\"needle\"]")));
    }

    @Test
    void readsEverythingWhereThePageMapIsShort() throws Exception {
        long pages = 5_000;
        process(
                1,
                "1000-%x".formatted(pages * PAGE) + ANONYMOUS,
                Map.of(3_000L * PAGE, "needle", pages * PAGE - 1, "\0"));
        pagemap(1, 10);

        assertEquals(List.of(1L), found(run("\"contents\":[\"needle\"]")));
    }
}
