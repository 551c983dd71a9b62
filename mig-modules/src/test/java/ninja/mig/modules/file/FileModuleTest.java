package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    static Stream<VectorCase> invalid() {
        return VectorCase.of("file/invalid");
    }

    static Stream<VectorCase> cli() {
        return VectorCase.of("file/cli");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void findsWhatTheVectorsSay(VectorCase vector) throws Exception {
        boolean needsOrdinaryUser = !vector.json().path("run_as").asText("any").equals("any");
        assumeFalse(needsOrdinaryUser && isRoot(), "root may read everything");

        ModuleResult result = run(vector.parameters(root));

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

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatTheVectorsSay(VectorCase vector) {
        RejectedException e = assertThrows(RejectedException.class, () -> run(vector.parameters(root)));

        assertTrue(e.getMessage().length() > 10, e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("cli")
    void readsTheCommandLine(VectorCase vector) throws Exception {
        if (vector.json().has("error")) {
            assertThrows(
                    InvalidParametersException.class,
                    () -> module.flags().orElseThrow().parse(vector.words()));
        } else {
            assertEquals(
                    MigJson.tree(MigJson.text(vector.json().get("parameters"))),
                    MigJson.tree(MigJson.text(module.flags().orElseThrow().parse(vector.words()))));
        }
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
                "\"contents\":[\"^three$\"],\"md5\":[\"" + "0".repeat(32)
                        + "\"],\"options\":{\"matchall\":false,\"decompress\":true}"));

        assertFalse(result.foundAnything());
        assertTrue(
                result.errors().get(0).endsWith("corrupt data"), result.errors().toString());
    }

    @Test
    void returnsWhatItHasWhenItsTimeIsOver() throws Exception {
        RunContext late = new RunContext(Clock.systemUTC(), Optional.of(Instant.now()), false);

        ModuleResult result = module.run(module.bind(MigJson.tree(search(root, "\"names\":[\".\"]"))), late);

        assertEquals(0, result.statistics().get("filescount").asLong());
    }

    @Test
    void masksPathsWhereTheEndpointWantsPrivacy() throws Exception {
        RunContext privacy = new RunContext(Clock.systemUTC(), Optional.empty(), true);

        ModuleResult result =
                module.run(module.bind(MigJson.tree(search(root.resolve("etc"), "\"names\":[\"passwd\"]"))), privacy);

        assertFalse(MigJson.text(result.elements()).contains("passwd\",\"fileinfo"), MigJson.text(result));
        assertEquals("masked", result.elements().get("s").get(0).get("file").asText());
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
        assertFalse(CleanPath.isWithin("/home/alice2", "/home/alice"));
        assertTrue(CleanPath.isWithin("/home/alice/x", "/home/alice"));
    }
}
