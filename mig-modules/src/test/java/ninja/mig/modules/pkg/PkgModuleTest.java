package ninja.mig.modules.pkg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PkgModuleTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    static Stream<VectorCase> valid() {
        return VectorCase.of("pkg/valid");
    }

    /** A program that answers only what it is asked as the module asks. */
    private Path program(String name, String body) throws IOException {
        Path program = folder.resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + body + "\n");
        assertTrue(program.toFile().setExecutable(true));
        return program;
    }

    private static Path fixture(String name) throws URISyntaxException {
        return Path.of(PkgModuleTest.class
                .getResource("/vectors/modules/pkg/fixture/" + name)
                .toURI());
    }

    private static PkgModule module(Optional<Path> dpkg, Optional<Path> rpm, Duration limit) {
        return new PkgModule(new PackageSources(
                dpkg.map(List::of).orElse(List.of(Path.of("/no/such/dpkg"))),
                rpm.map(List::of).orElse(List.of(Path.of("/no/such/rpm"))),
                limit));
    }

    private PkgModule withFixture() throws Exception {
        Path dpkg = program(
                "dpkg",
                "[ \"$*\" = -l ] && [ \"$LC_ALL$COLUMNS\" = C500 ] && exec cat '" + fixture("dpkg-l.txt") + "'");
        Path rpm = program(
                "rpm",
                "[ \"$*\" = '-qa --queryformat %{NAME} %{EVR} %{ARCH}\\n' ] && [ -z \"$JAVA_HOME$USER\" ] && exec cat '"
                        + fixture("rpm-qa.txt") + "'");
        return module(Optional.of(dpkg), Optional.of(rpm), LONG);
    }

    private static ModuleResult run(PkgModule module, String parameters) throws Exception {
        return module.run(module.bind(MigJson.tree(parameters)), RunContext.unlimited());
    }

    private static final String ALL = "{\"pkgmatch\":{\"matches\":[\".\"]}}";

    private ModuleResult runDpkg(String body) throws Exception {
        return run(module(Optional.of(program("dpkg", body)), Optional.empty(), LONG), ALL);
    }

    private static List<String> names(ModuleResult result) {
        List<String> names = new ArrayList<>();
        result.elements().get("matches").forEach(m -> names.add(m.get("name").asText()));
        return names;
    }

    @ParameterizedTest
    @MethodSource("valid")
    void findsWhatTheVectorsSay(VectorCase vector) throws Exception {
        ModuleResult result = run(withFixture(), vector.parameters(folder));

        JsonNode expect = vector.json().get("expect");
        assertEquals(List.of(), result.errors());
        assertTrue(result.success());
        assertEquals(expect.get("matches"), result.elements().get("matches"));
        assertTrue(result.elements().get("ovalresults").isNull());
        assertEquals(expect.get("foundanything").asBoolean(), result.foundAnything());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"pkgmatch\":{\"matches\":\"x\"}}",
                "{\"pkgmatch\":[\"x\"]}",
                "{\"pkgmatch\":{\"matches\":[1]}}",
                "{\"pkgmatch\":{\"matches\":[\"x\"]},\"vermatch\":[\"1\"]}",
                "{\"pkgmatch\":{\"matches\":[\"x\"]},\"maxconneval\":1.5}",
                "{\"pkgmatch\":{\"matches\":[\"x\"]},\"maxconneval\":0}",
                "{\"pkgmatch\":{\"matches\":[\"x\"]},\"includefalse\":\"true\"}",
                "{\"vermatch\":\"1\"}"
            })
    void refusesWrongTypesAndValues(String parameters) throws Exception {
        JsonNode tree = MigJson.tree(parameters);

        assertThrows(InvalidParametersException.class, () -> new PkgModule().bind(tree));
    }

    @Test
    void listsThePackagesOfThisHost() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg")), "no dpkg here");

        ModuleResult result = run(new PkgModule(), "{\"pkgmatch\":{\"matches\":[\"^dpkg$\"]}}");

        assertEquals(List.of("dpkg"), names(result));
        assertEquals(List.of(), result.errors());
        assertTrue(result.statistics().get("execruntime").asText().endsWith("s"));
    }

    @Test
    void hasNoPackagesWithoutAManagerAndSaysSo() throws Exception {
        ModuleResult result = run(module(Optional.empty(), Optional.empty(), LONG), ALL);

        assertTrue(result.success());
        assertFalse(result.foundAnything());
        assertEquals(List.of("warning: this host has neither dpkg nor rpm"), result.errors());
    }

    @Test
    void keepsWhatAFailingManagerHasPrinted() throws Exception {
        ModuleResult result = runDpkg("echo 'ii  first  1.0  all  x'; exit 3");

        assertEquals(List.of("first"), names(result));
        assertEquals(List.of("ERROR: " + folder.resolve("dpkg") + " ended with exit status 3"), result.errors());
        assertTrue(result.success());
    }

    @Test
    void saysThatAManagerCannotBeRun() throws Exception {
        Path broken = folder.resolve("dpkg");
        Files.writeString(broken, "#!/no/such/interpreter\n");
        assertTrue(broken.toFile().setExecutable(true));

        ModuleResult result = run(module(Optional.of(broken), Optional.empty(), LONG), ALL);

        assertTrue(result.errors().get(0).startsWith("ERROR: " + broken + " cannot be run"), result.errors() + "");
    }

    @Test
    void endsAManagerThatHangsWithWhatItStarted() throws Exception {
        Path pids = folder.resolve("pids");
        Path hanging = program(
                "dpkg",
                "echo 'ii  first  1.0  all  x'; sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; wait");

        ModuleResult result = run(module(Optional.of(hanging), Optional.empty(), Duration.ofSeconds(1)), ALL);

        assertEquals(List.of("ERROR: " + hanging + " took longer than 1 s"), result.errors());
        assertEquals(List.of("first"), names(result));
        for (String pid : Files.readAllLines(pids)) {
            assertTrue(ended(pid), pid);
        }
    }

    /** Waits until a process runs no more; some hosts keep what is left of it. */
    private static boolean ended(String pid) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        Path state = Path.of("/proc/" + pid + "/stat");
        while (System.nanoTime() < deadline) {
            try {
                if (Files.readString(state).contains(") Z ")) {
                    return true;
                }
            } catch (IOException gone) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    @Test
    void returnsWhatItHasWhenItMustStop() throws Exception {
        Path hanging = program("dpkg", "echo 'ii  first  1.0  all  x'; exec sleep 1000");
        PkgModule module = module(Optional.of(hanging), Optional.empty(), LONG);
        RunContext context =
                new RunContext(Clock.systemUTC(), Optional.of(Instant.now().plus(Duration.ofMillis(2500))), false);

        ModuleResult result = module.run(module.bind(MigJson.tree(ALL)), context);

        assertEquals(List.of("first"), names(result));
    }

    @Test
    void leavesOutEndlessLines() throws Exception {
        ModuleResult result = runDpkg("head -c 300000 /dev/zero | tr '\\0' x; echo; echo 'ii  a  1  all  x'");

        assertEquals(List.of("a"), names(result));
        assertEquals(1, result.errors().size());
        assertTrue(result.errors().get(0).contains("1 lines of more than 65536 bytes"), result.errors() + "");
    }

    @Test
    void readsNoMoreThanItHasTo() throws Exception {
        ModuleResult result = runDpkg("exec yes 'rc  removed  1  all  x'");

        assertEquals(1, result.errors().size());
        assertTrue(result.errors().get(0).contains("printed more than 16 MiB"), result.errors() + "");
    }

    @Test
    void boundsTheResult() throws Exception {
        String name = "\u0001".repeat(60_000);
        ModuleResult result = runDpkg("yes 'ii  " + name + "  1  all  x' | head -n 80");

        assertTrue(result.elements().get("matches").size() < 80);
        assertTrue(result.errors().get(0).contains("more packages were left out"), result.errors() + "");
        assertTrue(MigJson.bytes(result).length < 26 << 20);
    }

    @Test
    void survivesGarbage() throws Exception {
        ModuleResult result = runDpkg(
                "printf 'ii\\n\\nii \\377\\376\\033[2J 1 all\\nii  nul\\0  1  all\\n\\t ii x\\nii a b c'; head -c 100000 /dev/urandom");

        assertTrue(result.success());
        assertTrue(
                names(result).contains("\ufffd\ufffd\u001b[2J"), names(result).toString());
        assertTrue(new PkgModule()
                .print(result, false).stream().allMatch(line -> line.chars().noneMatch(c -> c < 0x20)));
    }

    @Test
    void printsLines() throws Exception {
        PkgModule module = withFixture();
        ModuleResult result = run(module, "{\"pkgmatch\":{\"matches\":[\"^bash$\"]}}");

        List<String> lines = module.print(result, false);

        assertEquals(
                List.of(
                        "pkgmatch name=bash version=5.2.15-2+b2 type=dpkg arch=amd64",
                        "pkgmatch name=bash version=5.1.8-9.el9 type=rpm arch=x86_64"),
                lines.subList(0, 2));
        assertTrue(lines.get(2).startsWith("Statistics: runtime "), lines.toString());
        assertEquals(lines.subList(0, 2), module.print(result, true));
    }

    @Test
    void printsResultsOfOtherVersions() throws Exception {
        String of2015 = """
                {"foundanything":true,"success":true,"errors":["e"],
                 "elements":{"matches":[{"name":"a","version":"1","type":"rpm"}],
                  "ovalresults":[{"title":"t","id":"oval:x","status":"true"}]},
                 "statistics":{"execruntime":"1s","ovalparsetime":"2s","inputdefinitionsize":7}}""";
        String of2019 =
                "{\"elements\":{\"packages\":[{\"name\":\"a\",\"version\":\"1\",\"type\":\"rpm\",\"arch\":\"x\"}]}}";

        assertEquals(
                List.of(
                        "pkgmatch name=a version=1 type=rpm",
                        "ovalresult id=oval:x title=\"t\" outcome=true",
                        "e",
                        "Statistics: runtime 1s, parsetime 2s, defsize 7"),
                new PkgModule().print(MigJson.read(of2015, ModuleResult.class), false));
        assertEquals(
                List.of("pkgmatch name=a version=1 type=rpm arch=x"),
                new PkgModule().print(MigJson.read(of2019, ModuleResult.class), false));
        assertEquals(List.of(), new PkgModule().print(MigJson.read("{\"elements\":[3]}", ModuleResult.class), true));
    }
}
