package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.AskedClock;
import ninja.mig.modules.ChildModule;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileModuleTest {
    @TempDir
    static Path temp;

    private static Path root;
    private final FileModule module = new FileModule();

    @BeforeAll
    static void createTree() throws Exception {
        root = Files.createDirectory(temp.resolve("tree")).toRealPath();
        FixtureTree.create(root);
    }

    @AfterAll
    static void openTree() throws Exception {
        new ProcessBuilder("chmod", "-R", "u+rwx", root.toString()).start().waitFor();
    }

    static Stream<VectorCase> valid() {
        return VectorCase.of("file/valid");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void findsWhatTheVectorsSay(VectorCase vector) throws Exception {
        boolean needsOrdinaryUser = !vector.json().path("run_as").asText("any").equals("any");

        ModuleResult result = needsOrdinaryUser
                ? ChildModule.run(ChildModule.powerless(), vector.parameters(root))
                : run(vector.parameters(root));

        JsonNode expect = vector.json().get("expect");
        String shown = MigJson.pretty(result);
        assertTrue(result.success(), shown);
        expect.path("elements")
                .properties()
                .forEach(e -> assertEquals(
                        expected(e.getValue()), actual(result.elements().get(e.getKey())), shown));
        assertStatistic(expect, result, "totalhits");
        assertStatistic(expect, result, "filescount");
        assertStatistic(expect, result, "openfailed");
        if (expect.has("foundanything")) {
            assertEquals(expect.get("foundanything").asBoolean(), result.foundAnything(), shown);
        }
        if (expect.has("errors_count")) {
            assertEquals(expect.get("errors_count").asInt(), result.errors().size(), shown);
        }
        expect.path("sha256")
                .properties()
                .forEach(e ->
                        assertTrue(shown.contains(e.getValue().asText().toUpperCase(java.util.Locale.ROOT)), shown));
    }

    private static void assertStatistic(JsonNode expect, ModuleResult result, String name) {
        if (expect.has(name)) {
            assertEquals(
                    expect.get(name).asLong(), result.statistics().get(name).asLong(), name + MigJson.pretty(result));
        }
    }

    private static String expected(JsonNode files) {
        if (files.isNull()) {
            return "null";
        }
        List<String> list = new ArrayList<>();
        for (JsonNode f : files) {
            if (f.isTextual()) {
                list.add(f.asText());
            } else {
                list.add(f.get("file").asText() + " " + f.get("check").asText() + "="
                        + f.get("value").asText());
            }
        }
        return list.toString();
    }

    private String actual(JsonNode entries) {
        if (entries.isNull()) {
            return "null";
        }
        List<String> list = new ArrayList<>();
        for (JsonNode entry : entries) {
            String file = entry.get("file").asText();
            String shown =
                    file.startsWith(root + "/") ? file.substring(root.toString().length() + 1) : file;
            JsonNode search = entry.get("search");
            if (search.get("options").get("matchall").asBoolean()) {
                list.add(shown);
            } else {
                search.properties().stream()
                        .filter(m -> !m.getKey().equals("paths") && !m.getKey().equals("options"))
                        .forEach(m -> list.add(shown + " " + m.getKey() + "="
                                + m.getValue().get(0).asText()));
            }
        }
        return list.toString();
    }

    private ModuleResult run(String parameters) throws Exception {
        return module.run(module.bind(MigJson.tree(parameters)), RunContext.unlimited());
    }

    private static String search(Path path, String conditions) {
        return "{\"searches\":{\"s\":{\"paths\":[" + MigJson.text(path.toString()) + "]," + conditions + "}}}";
    }

    @Test
    void printsWhatItFound() throws Exception {
        ModuleResult result = run(search(
                root.resolve("etc"), "\"names\":[\"^passwd$\"],\"options\":{\"matchall\":true,\"returnsha256\":true}"));

        String line = module.print(result, true).get(0);

        assertTrue(line.startsWith(root + "/etc/passwd [lastmodified:"), line);
        assertTrue(line.contains(", mode:-rw-r--r--, size:"), line);
        assertTrue(line.contains(", sha256:"), line);
        assertTrue(line.endsWith("] in search 's'"), line);
        assertEquals(1, module.print(result, true).size());
        assertTrue(module.print(result, false)
                .get(1)
                .startsWith("Statistics: 6 files checked, 0 failed to open, 1 matched"));
    }

    @Test
    void printsNamesWithControlCharactersSafely(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("a\u001b[2Jb\nc"), "x");

        List<String> lines = module.print(run(search(folder, "\"names\":[\".\"]")), true);

        assertTrue(lines.get(0).contains("a\\x1b[2Jb\\x0ac"), lines.get(0));
    }

    @Test
    void printsForeignResults() throws Exception {
        for (String foreign : List.of(
                "{}",
                "{\"elements\":[1,2],\"statistics\":7}",
                "{\"elements\":{\"s\":null,\"t\":5,\"u\":[1,{}]},\"errors\":[\"e\"]}")) {
            module.print(MigJson.read(foreign, ModuleResult.class), false);
        }
    }

    @Test
    void neverOpensAFifoOrWaitsForOne() throws Exception {
        ModuleResult result = run(search(root.resolve("special"), "\"contents\":[\"x\"]"));

        assertFalse(result.foundAnything());
    }

    @Test
    void waitsForNoFifoInThePlaceOfAFile() throws Exception {
        Path fifo = root.resolve("special/pipe");
        try (InputStream in = FileLookup.open(root.resolve("etc/passwd"))) {
            assertTrue(in.read() >= 0);
        }

        assertEquals(
                "not a regular file",
                assertThrows(IOException.class, () -> FileLookup.open(fifo)).getMessage());
        assertEquals(
                "timed out",
                assertThrows(IOException.class, () -> FileLookup.open(fifo, Duration.ofMillis(50)))
                        .getMessage());
        new RandomAccessFile(fifo.toFile(), "rw").close(); // lets go of who waits
        assertEquals(
                "no such file or directory",
                assertThrows(IOException.class, () -> FileLookup.open(root.resolve("nowhere")))
                        .getMessage());
    }

    @Test
    void stopsADecompressionBomb(@TempDir Path folder) throws Exception {
        byte[] zeros = new byte[1024 * 1024];
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("bomb.gz")))) {
            for (int i = 0; i < 80; i++) {
                out.write(zeros);
            }
        }

        ModuleResult result =
                run(search(folder, "\"contents\":[\"needle\"],\"options\":{\"matchall\":true,\"decompress\":true}"));

        assertFalse(result.foundAnything());
        assertTrue(
                result.errors().get(0).startsWith("ERROR: decompress "),
                result.errors().toString());
    }

    @Test
    void reportsTruncatedGzip(@TempDir Path folder) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("one\ntwo\n".repeat(10_000).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = packed.toByteArray();
        Files.write(folder.resolve("a.gz"), java.util.Arrays.copyOf(bytes, bytes.length - 12));

        ModuleResult result = run(search(
                folder,
                "\"contents\":[\"^three$\",\"^one$\"],\"md5\":[\"" + "0".repeat(32)
                        + "\"],\"options\":{\"matchall\":false,\"decompress\":true}"));

        assertEquals(1, result.statistics().get("totalhits").asInt(), "what was read before it broke is certain");
        assertTrue(result.elements().toString().contains("^one$"), result.elements()::toString);
        assertTrue(
                result.errors().get(0).endsWith("corrupt data"), result.errors().toString());
    }

    @Test
    void readsNoEndlessFileWhateverLeadsToIt(@TempDir Path folder) throws Exception {
        Path memory = Path.of("/proc/self/mem");
        assumeTrue(Files.exists(memory), "a system without /proc");
        Path link = Files.createSymbolicLink(folder.resolve("innocent"), memory);
        Files.createFile(folder.resolve("empty"));

        ModuleResult result = run(search(folder, "\"contents\":[\"x\"],\"options\":{\"matchall\":true}"));

        assertEquals(List.of("warning: " + link + " skipped"), result.errors());
        assertEquals(2, result.statistics().get("filescount").asInt());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proc/kcore",
                "/proc/kmsg",
                "/proc/acpi/event",
                "/proc/1/mem",
                "/proc/1/task/1/pagemap",
                "/sys/kernel/tracing/trace_pipe",
                "/sys/kernel/tracing/per_cpu/cpu0/trace_pipe_raw"
            })
    void knowsEndlessFilesWhateverSizeTheyTell(String file) {
        assertTrue(FileRun.isEndless(Path.of(file), false));
    }

    @Test
    void readsFilesThatAreCalledLikeEndlessOnes(@TempDir Path folder) throws Exception {
        for (String name : List.of("kcore", "kmsg", "mem", "pagemap", "event", "trace_pipe")) {
            Files.writeString(folder.resolve(name), "x");
        }

        ModuleResult result = run(search(folder, "\"contents\":[\"x\"],\"options\":{\"matchall\":true}"));

        assertEquals(6, result.statistics().get("totalhits").asInt());
        assertEquals(List.of(), result.errors());
    }

    @Test
    void returnsWhatItHasWhenItsTimeIsOver() throws Exception {
        Clock clock = new AskedClock(new AtomicInteger()::getAndIncrement);
        RunContext context = new RunContext(clock, Optional.of(Instant.ofEpochSecond(60)), false);

        ModuleResult result = module.run(module.bind(MigJson.tree(search(root, "\"names\":[\".\"]"))), context);

        long files = result.statistics().get("filescount").asLong();
        assertTrue(files > 2 && files < 60, MigJson.text(result));
        assertEquals(files, result.elements().get("s").size());
        assertTrue(context.mustStop());
    }

    @Test
    void evaluatesAFileOnceHoweverManyPathsLeadToIt() throws Exception {
        String etc = root.resolve("etc").toString();
        ModuleResult result = run("{\"searches\":{\"s\":{\"paths\":[\"" + root + "/links/to_passwd\",\"" + etc + "\",\""
                + etc
                + "/passwd\"],\"names\":[\"^passwd$\"],\"options\":{\"matchall\":true}},\"t\":{\"paths\":[\"" + etc
                + "/passwd\"],\"names\":[\".\"],\"options\":{\"matchall\":true}}}}");

        assertEquals(1, result.elements().get("s").size());
        assertEquals(1, result.elements().get("t").size());
        assertEquals(6, result.statistics().get("filescount").asInt());
    }

    @Test
    void reportsAFileThatVanishes(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "x");
        Look look = Look.at(file);
        Files.delete(file);
        FileParameters parameters = module.bind(MigJson.tree(search(folder, "\"contents\":[\"!x\"]")));
        SearchRun search =
                new SearchRun(parameters.searches().get(0), new ResultBudget(), new ContentSet(parameters.searches()));
        Problems problems = new Problems(0);
        RunContext context = RunContext.unlimited();
        try (Readers readers = new Readers(context, 1)) {
            new FileRun(readers, problems, context).evaluate(file, look, List.of(search));
            readers.finish();
        }

        assertEquals(0, search.hits());
        assertEquals(List.of("ERROR: open " + file + ": no such file or directory"), problems.texts());
        assertEquals(1, problems.notOpenedCount());
    }

    @Test
    void neverSaysMoreThanAgentsTake() throws Exception {
        FileParameters parameters = module.bind(MigJson.tree(search(
                Path.of("/x"),
                "\"description\":\"" + "d".repeat(100_000) + "\",\"names\":[\".\"],"
                        + "\"options\":{\"matchall\":true,\"matchlimit\":100000}")));
        SearchRun search =
                new SearchRun(parameters.searches().get(0), new ResultBudget(), new ContentSet(parameters.searches()));
        SearchRun.Match match =
                new SearchRun.Match(Path.of("/x/y"), new Attributes(0100644, 1, Instant.EPOCH), Optional.empty());
        while (!search.isFull()) {
            search.add(0, match);
        }

        assertTrue(search.isTooLarge());
        assertTrue(search.hits() > 200 && search.hits() < 260, "hits " + search.hits());
    }

    @Test
    void takesWholeNumbersHoweverTheyAreWritten() throws Exception {
        for (String number : List.of("1", "1.0", "1e0", "10e-1")) {
            assertEquals(
                    1,
                    run(search(root.resolve("deep"), "\"names\":[\".\"],\"options\":{\"maxdepth\":" + number + "}"))
                            .statistics()
                            .get("totalhits")
                            .asInt());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"names\":[null]",
                "\"names\":[[]]",
                "\"names\":{\"a\":1}",
                "\"names\":[\"x\"],\"options\":[]",
                "\"names\":[\"x\"],\"options\":{\"maxdepth\":1e300}",
                "\"names\":[\"x\"],\"options\":{\"matchall\":1}",
                "\"names\":[\"x\"],\"options\":{\"maxdepth\":1,\"MaxDepth\":2}",
                "\"names\":[\"((a{100}){100}){100}\"]",
                "\"description\":7"
            })
    void refusesHostileSearches(String conditions) {
        assertThrows(RejectedException.class, () -> run(search(root, conditions)));
    }

    private static String list(String key, int values, String value) {
        return "\"" + key + "\":[" + ("\"" + value + "\",").repeat(values - 1) + "\"" + value + "\"]";
    }

    @Test
    void boundsWhatCanBeAsked() throws Exception {
        String md5 = "0".repeat(32);
        String large = "(a{100}){45}";
        for (String conditions :
                List.of(list("names", 4000, "x"), list("md5", 10_000, md5), list("contents", 43, large))) {
            module.bind(MigJson.tree(search(root, conditions)));
        }
        Map<String, String> refused = Map.of(
                list("names", 3900, "x") + "," + list("modes", 101, "x"),
                "contents, names and modes: all searches together have at most 4000, found 4001",
                list("md5", 10_000, md5) + "," + list("sizes", 1, "1"),
                "conditions: all searches together have at most 10000, found 10001",
                list("contents", 44, large),
                "search 's': contents: the expressions of all searches together have more than 200000 characters,"
                        + " each counted as often as its repetitions say");
        refused.forEach((conditions, message) -> assertEquals(
                message,
                assertThrows(
                                InvalidParametersException.class,
                                () -> module.bind(MigJson.tree(search(root, conditions))))
                        .getMessage()));
        String paths = "{\"searches\":{\"s\":{" + list("paths", 2001, "/x") + "}}}";
        assertEquals(
                "paths: all searches together have at most 2000, found 2001",
                assertThrows(InvalidParametersException.class, () -> module.bind(MigJson.tree(paths)))
                        .getMessage());
    }

    @Test
    void saysInWhichSearchATypeIsWrong() {
        InvalidParametersException refused = assertThrows(
                InvalidParametersException.class,
                () -> module.bind(
                        MigJson.tree("{\"searches\":{\"s1\":{\"paths\":\"/etc\"},\"s2\":{\"paths\":[\"/\"]}}}")));

        assertEquals("search 's1': member 'paths': expected a list of texts, found a text", refused.getMessage());
    }

    @Test
    void refusesPathsThatHaveNoText() {
        assertThrows(RejectedException.class, () -> module.bind(MigJson.tree("{\"searches\":{\"s\":null}}")));
    }

    @Test
    void masksPathsWhereTheEndpointWantsPrivacy() throws Exception {
        ModuleResult result = module.mask(run(search(root.resolve("etc"), "\"names\":[\"passwd\",\"no such file\"]")));

        String shown = MigJson.pretty(result);
        JsonNode entries = result.elements().get("s");
        assertEquals("masked", entries.get(0).get("file").asText(), shown);
        assertEquals("[\"masked\"]", entries.get(0).get("search").get("paths").toString(), shown);
        assertEquals("", entries.get(entries.size() - 1).get("file").asText(), shown);
        assertTrue(
                entries.get(entries.size() - 1)
                        .get("search")
                        .get("paths")
                        .get(0)
                        .asText()
                        .endsWith("/etc"),
                shown);
    }

    @Test
    void masksErrorsAndKeepsWhatWasAsked() throws Exception {
        ModuleResult result = module.mask(run("{\"searches\":{\"s\":{\"paths\":[" + MigJson.text(root + "/nowhere")
                + "," + MigJson.text(root + "/etc") + "],\"names\":[\"^passwd$\"],\"options\":{\"matchall\":true}}}}"));

        JsonNode entry = result.elements().get("s").get(0);
        assertEquals(List.of("masked"), result.errors());
        assertEquals("masked", entry.get("file").asText());
        assertEquals(root + "/nowhere", entry.get("search").get("paths").get(1).asText());
    }

    @Test
    void walksDeepTreesWithoutRecursion(@TempDir Path folder) throws Exception {
        Path deep = folder;
        for (int i = 0; i < 300; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        Files.writeString(deep.resolve("bottom"), "x");

        assertEquals(
                1,
                run(search(folder, "\"names\":[\"^bottom$\"]"))
                        .statistics()
                        .get("totalhits")
                        .asInt());
    }

    @Test
    void cleansPathsAsTextsOnly() {
        assertEquals("/etc", CleanPath.clean("//etc/./x/../"));
        assertEquals("/", CleanPath.clean("/../.."));
        assertEquals("../a", CleanPath.clean("../a/b/.."));
        assertEquals(".", CleanPath.clean("./"));
        assertEquals("C:\\x", CleanPath.clean("C:\\x"), "a backslash is a character like others here");
        assertFalse(CleanPath.isWithin("/home/alice2", "/home/alice"));
        assertTrue(CleanPath.isWithin("/home/alice/x", "/home/alice"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "C:\\ | C:\\",
                "c:/ | c:\\",
                "C:\\.. | C:\\",
                "C:\\Users\\.\\x\\..\\\\y\\ | C:\\Users\\y",
                "C: | C:",
                "C:x\\..\\.. | C:..",
                "\\\\server\\share | \\\\server\\share\\",
                "//server//share/ | \\\\server\\share\\",
                "\\\\server\\share\\x\\..\\..\\y | \\\\server\\share\\y",
                "\\\\server | \\\\server",
                "\\x\\y\\ | \\x\\y",
                "\\ | \\",
                "..\\x/y\\. | ..\\x\\y",
                ".\\ | ."
            })
    void keepsTheRootsOfWindows(String path, String clean) {
        assertEquals(clean, CleanPath.clean(path, '\\'));
    }

    /** Contents are looked for together, then each alone where one looks like there is much of it, then together again. */
    @Test
    void countsAContentOnceHoweverItIsLookedFor(@TempDir Path folder) throws Exception {
        String much = "qzxfill\n".repeat(8 * 1024);
        String plain = "plain text of no interest\n";
        Files.writeString(
                folder.resolve("f"),
                much + "needleone\n" + plain.repeat(200_000) + "needleone\n" + plain.repeat(8_000) + "needletwo\n");
        FileModule module = new FileModule(1);
        String search = "{\"paths\":[" + MigJson.text(folder.toString())
                + "],\"contents\":[%s],\"options\":{\"matchall\":true," + "\"returnsha256\":true}}";
        String all = "{\"searches\":{\"both\":" + search.formatted("\"needleone\",\"needletwo\"") + ",\"one\":"
                + search.formatted("\"needleone\",\"!needletwo\"") + ",\"fill\":" + search.formatted("\"qzxfill\"")
                + ",\"none\":" + search.formatted("\"jqxkneverthere\"") + "}}";

        ModuleResult result = module.run(module.bind(MigJson.tree(all)), RunContext.unlimited());

        assertEquals(
                2,
                result.statistics().get("totalhits").asInt(),
                result.elements().toString());
        assertTrue(result.elements().get("both").get(0).get("file").asText().endsWith("f"));
        assertEquals("", result.elements().get("one").get(0).get("file").asText());
    }
}
