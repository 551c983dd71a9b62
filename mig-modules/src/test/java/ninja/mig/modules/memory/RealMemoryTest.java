package ninja.mig.modules.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that hold what is looked for at known places. */
@Timeout(60)
class RealMemoryTest {
    private static final String AT_START = "needle-at-the-start-0001";
    private static final String ACROSS = "needle-across-two-pieces-0002";
    private static final String AT_END = "needle-at-the-end-0003";

    /** The file that the process maps does not hold it: only the process itself puts it together. */
    private static final String COMPUTED = "needle-that-was-computed-0004";

    private static final int FILE_SIZE = 3 * MemoryWalk.PIECE;

    /** Maps a file, puts something together in memory of its own, and waits. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.READ)) {
                MappedByteBuffer map = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
                ByteBuffer own = ByteBuffer.allocateDirect(2 << 20);
                own.position(1 << 20).put(HexFormat.of().parseHex(args[1]));
                System.out.write(map.get(0) == own.get(0) ? '?' : '!');
                System.out.flush();
                while (System.in.read() >= 0) {
                    // until the test lets go
                }
                own.put(0, map.get(1)); // both are in use until here
            }
        }
    }

    @TempDir
    static Path folder;

    private static Path mapped;
    private static Process holder;

    @BeforeAll
    static void startHolder() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "memory is read on Linux only");
        byte[] content = new byte[FILE_SIZE];
        put(content, 0, AT_START);
        put(content, MemoryWalk.PIECE - 5, ACROSS);
        put(content, FILE_SIZE - AT_END.length(), AT_END);
        mapped = Files.write(folder.toRealPath().resolve("mapped file.so.1"), content);
        holder = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xms1g",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        mapped.toString(),
                        HexFormat.of().formatHex(COMPUTED.getBytes(StandardCharsets.US_ASCII)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals('!', holder.getInputStream().read());
        assumeReadable(holder.pid());
    }

    @AfterAll
    static void endHolder() throws Exception {
        if (holder != null) {
            holder.destroyForcibly().waitFor();
        }
    }

    /** Yama, or a container without the capability, forbids to look at other processes, even at one's own children. */
    private static void assumeReadable(long pid) throws IOException {
        try {
            FileChannel.open(Path.of("/proc/" + pid + "/mem"), StandardOpenOption.READ)
                    .close();
        } catch (AccessDeniedException e) {
            Path yama = Path.of("/proc/sys/kernel/yama/ptrace_scope");
            String scope = Files.exists(yama) ? Files.readString(yama).strip() : "none";
            assumeFalse(true, "the kernel lets nobody look at other processes here (yama: " + scope + ")");
        }
    }

    private static void put(byte[] content, int at, String text) {
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, content, at, text.length());
    }

    private static ModuleResult run(MemoryModule module, String conditions, String options) throws Exception {
        ModuleResult result = module.run(
                module.bind(MigJson.tree("{\"searches\":{\"s\":{" + conditions + ",\"options\":{" + options + "}}}}")),
                RunContext.unlimited());
        assertTrue(result.success(), MigJson.pretty(result));
        return result;
    }

    /** Only processes that map the file are looked at. */
    private static ModuleResult run(String conditions, String options) throws Exception {
        return run(
                new MemoryModule(),
                "\"libraries\":[\"^" + mapped.toString().replace(".", "\\\\.") + "$\"]," + conditions,
                "\"matchall\":true" + options);
    }

    private static List<Long> found(ModuleResult result) {
        return result.elements().get("s").findValues("pid").stream()
                .map(JsonNode::asLong)
                .filter(pid -> pid > 0)
                .toList();
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void findsWhatIsMapped() throws Exception {
        for (String needle : List.of(AT_START, ACROSS, AT_END)) {
            assertEquals(List.of(holder.pid()), found(run("\"bytes\":[\"" + hex(needle) + "\"]", "")), needle);
        }
        String last = AT_END.substring(0, AT_END.length() - 1);
        ModuleResult result = run(
                "\"names\":[\"/java$\"],\"contents\":[\"needle-a(t|x)-the-start-[0-9]{4}\",\"needle-acr..s-two\",\""
                        + last + "[0-9]\"]",
                "");
        assertEquals(List.of(holder.pid()), found(result));
        assertEquals(
                Path.of(System.getProperty("java.home"), "bin/java")
                        .toRealPath()
                        .toString(),
                result.elements().get("s").get(0).get("process").get("name").asText());
        assertEquals(List.of(), found(run("\"contents\":[\"" + last + "[^0-9]\"]", "")));
    }

    @Test
    void findsWhatIsInMemoryAloneAndReadsNoReserves() throws Exception {
        ModuleResult result = run("\"bytes\":[\"" + hex(COMPUTED) + "\",\"" + hex(COMPUTED + "\0no") + "\"]", "");
        assertEquals(List.of(), found(result));
        long read = result.statistics().get("memoryread").asLong();
        assertTrue(read > FILE_SIZE && read < 500 << 20, "of a heap of 1 GiB that is not in use, read " + read);

        assertEquals(List.of(holder.pid()), found(run("\"bytes\":[\"" + hex(COMPUTED) + "\"]", "")));
        assertEquals(
                List.of(holder.pid()), found(run("\"contents\":[\"needle-that-was-com[puted]+-0004\\\\x00\"]", "")));
    }

    @Test
    void looksAtTheGivenPartAlone() throws Exception {
        long start =
                Files.readAllLines(Path.of("/proc/" + holder.pid() + "/maps"), StandardCharsets.ISO_8859_1).stream()
                        .filter(line -> line.endsWith(mapped.toString()))
                        .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf('-')), 16))
                        .findFirst()
                        .orElseThrow();
        long across = start + MemoryWalk.PIECE - 5;
        String needle = "\"bytes\":[\"" + hex(ACROSS) + "\"]";

        ModuleResult result = run(needle, ",\"offset\":" + across + ",\"maxlength\":" + ACROSS.length());
        assertEquals(List.of(holder.pid()), found(result));
        assertEquals(ACROSS.length(), result.statistics().get("memoryread").asLong());
        assertEquals(
                List.of(), found(run(needle, ",\"offset\":" + across + ",\"maxlength\":" + (ACROSS.length() - 1))));
        assertEquals(List.of(), found(run(needle, ",\"offset\":" + (across + 1) + ",\"maxlength\":100000")));
    }

    @Test
    void skipsTheMemoryOfItsOwnProcess() throws Exception {
        try (FileChannel file = FileChannel.open(mapped, StandardOpenOption.READ)) {
            MappedByteBuffer map = file.map(FileChannel.MapMode.READ_ONLY, 0, FILE_SIZE);
            long own = ProcessHandle.current().pid();

            List<Long> both = found(run("\"names\":[\"java\"]", ""));
            List<Long> one = found(run("\"contents\":[\"needle-at-the-[s]tart\"]", ""));

            assertEquals(Set.of(own, holder.pid()), Set.copyOf(both));
            assertEquals(List.of(holder.pid()), one);
            assertNotEquals(0, map.get(0));
        }
    }

    @Test
    void outlivesTheEndOfAProcess() throws Exception {
        Process cat = new ProcessBuilder("cat").start();
        assumeReadable(cat.pid());
        ProcFs proc = new ProcFs(Path.of("/proc"));
        try (Processes.Subject subject = proc.open(cat.pid()).orElseThrow()) {
            long start;
            try (Maps maps = subject.maps()) {
                start = maps.next().orElseThrow().start();
            }
            byte[] memory = new byte[10];
            assertEquals(10, subject.read(start, memory, 0, 10));

            cat.destroyForcibly();
            assertTrue(cat.waitFor(10, TimeUnit.SECONDS));

            assertEquals(-1, subject.read(start, memory, 0, 10));
            assertTrue(subject.hasEnded());
        }
        assertEquals(Optional.empty(), proc.open(cat.pid()));
    }

    @Test
    void readsNamesThatAreNoText() throws Exception {
        Path place = Files.createDirectory(folder.toRealPath().resolve("odd"));
        Process odd = new ProcessBuilder(
                        "sh",
                        "-c",
                        "f=\"$1/$(printf 'a\\377 b\\nc')\"; cp \"$(command -v cat)\" \"$f\"; exec \"$f\"",
                        "sh",
                        place.toString())
                .start();
        try {
            odd.getOutputStream().write('x');
            odd.getOutputStream().flush();
            assertEquals('x', odd.getInputStream().read(), "it runs");
            assumeReadable(odd.pid());
            MemoryModule module = new MemoryModule();

            String name = "\"names\":[\"^" + place + "/a\\ufffd b\\nc$\"]";
            ModuleResult result = run(module, name, "\"matchall\":true");
            assertEquals(List.of(odd.pid()), found(result));
            assertEquals(
                    List.of(place + "/a\ufffd b\\x0ac [pid:" + odd.pid() + "] in search 's'"),
                    module.print(result, true));
            String asLibrary = "\"libraries\":[\"^" + place + "/a.* b(\\\\\\\\012|\\n)c\"]";
            assertEquals(List.of(), found(run(module, asLibrary, "")), "an executable is no library");

            assertEquals(
                    0, new ProcessBuilder("rm", "-r", place.toString()).start().waitFor());

            assertEquals(List.of(), found(run(module, name, "")));
            assertTrue(found(run(module, "\"names\":[\"^\\\\[a\\ufffd b\\\\\\\\nc\\\\]$\"]", ""))
                    .contains(odd.pid()));
            assertEquals(List.of(), found(run(module, asLibrary, "")), "not when it is deleted either");
        } finally {
            odd.destroyForcibly().waitFor();
        }
    }

    @Test
    void findsThreadsOfTheKernelByName() throws Exception {
        Path status = Path.of("/proc/2/status");
        assumeTrue(
                Files.exists(status) && Files.readString(status).startsWith("Name:\tkthreadd"),
                "no threads of the kernel in sight: a container");
        assumeTrue("root".equals(System.getProperty("user.name")), "they belong to root");

        ModuleResult result =
                run(new MemoryModule(), "\"names\":[\"^\\\\[kthreadd\\\\]$\"],\"libraries\":[\"kthread\"]", "");

        assertEquals(List.of(2L), found(result));
    }

    @Test
    void saysWhichProcessesMayNotBeOpened() throws Exception {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may open them all");

        ModuleResult result = run(new MemoryModule(), "\"names\":[\"x\"]", "");

        assertFalse(result.statistics().path("failures").isEmpty());
        assertEquals(
                "open /proc/1/mem: permission denied",
                result.statistics().get("failures").get(0).asText());
    }

    @Test
    void givesUpNothingOfTheRestOfTheHost() throws Exception {
        MemoryModule hurried = new MemoryModule(() -> new ProcFs(Path.of("/proc")), Set.of(), Duration.ofSeconds(10));

        ModuleResult result = run(hurried, "\"names\":[\".\"],\"libraries\":[\"no such library\"]", "");

        assertTrue(found(result).contains(holder.pid()));
        assertTrue(result.statistics().get("processcount").asLong() >= 2);
    }
}
