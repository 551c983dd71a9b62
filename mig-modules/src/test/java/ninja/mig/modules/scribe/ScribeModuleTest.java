package ninja.mig.modules.scribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import ninja.mig.modules.file.FileLookup;
import ninja.mig.modules.pkg.PackageSources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ScribeModuleTest {
    @TempDir
    Path folder;

    static Stream<VectorCase> valid() {
        return VectorCase.of("scribe/valid");
    }

    /** A host whose dpkg prints this. */
    private ScribeModule withPackages(String... lines) throws IOException {
        Path list = Files.write(folder.resolve("list"), List.of(lines));
        return withDpkg("exec cat " + list);
    }

    private ScribeModule withDpkg(String body) throws IOException {
        Path dpkg = Files.writeString(folder.resolve("dpkg"), "#!/bin/sh\n" + body + "\n");
        assertTrue(dpkg.toFile().setExecutable(true));
        return new ScribeModule(
                new PackageSources(List.of(dpkg), List.of(Path.of("/no/such/rpm")), Duration.ofSeconds(30)));
    }

    private static Policy bind(String document) throws Exception {
        return new ScribeModule().bind(MigJson.tree("{\"scribedoc\":" + document + "}"));
    }

    private static ModuleResult run(ScribeModule module, String document) throws Exception {
        return module.run(bind(document), RunContext.unlimited());
    }

    private ModuleResult run(String document) throws Exception {
        return run(new ScribeModule(), document.replace("@", folder.toString()));
    }

    private static String refusal(String document) {
        return assertThrows(InvalidParametersException.class, () -> bind(document))
                .getMessage();
    }

    /** A document of one object and tests on it, of which only the evaluators are given. */
    private static String document(String source, String... evaluators) {
        String tests = IntStream.range(0, evaluators.length)
                .mapToObj(i -> "{\"test\":\"t" + i + "\",\"object\":\"o\"" + evaluators[i] + "}")
                .collect(Collectors.joining(","));
        return "{\"objects\":[{\"object\":\"o\"," + source + "}],\"tests\":[" + tests + "]}";
    }

    private static final String ANY = "";

    private static String exactly(String value) {
        return ",\"exactmatch\":{\"value\":\"" + value + "\"}";
    }

    private static String evr(String operation, String value) {
        return ",\"evr\":{\"operation\":\"" + operation + "\",\"value\":\"" + value + "\"}";
    }

    /** Each test as {@code true}, {@code false} or its error. */
    private static List<String> verdicts(ModuleResult result) {
        List<String> verdicts = new ArrayList<>();
        for (JsonNode test : result.elements().get("results")) {
            verdicts.add(
                    test.get("iserror").asBoolean()
                            ? test.get("error").asText()
                            : test.get("masterresult").asText());
        }
        return verdicts;
    }

    /** The vectors say what is accepted; these are the verdicts on a host with an old openssl, which is a Debian. */
    private static final Map<String, List<String>> OF_THE_VECTORS = Map.of(
            "001-package-evr.json", List.of("old-ssl true"),
            "002-file-and-dependency.json", List.of("has-hosts true", "is-debian true"),
            "003-raw-regexp.json", List.of("t true"),
            "004-empty-document.json", List.of());

    @ParameterizedTest
    @MethodSource("valid")
    void judgesWhatTheVectorsSay(VectorCase vector) throws Exception {
        Files.createFile(folder.resolve("hosts"));
        Files.writeString(folder.resolve("os-release"), "NAME=x\nID=debian\n");
        ScribeModule module = withPackages("ii  openssl  1.0.1d-1  amd64  x");
        String parameters = vector.parameters(folder).replace("\"/etc\"", MigJson.text(folder.toString()));

        ModuleResult result = module.run(module.bind(MigJson.tree(parameters)), RunContext.unlimited());

        List<String> verdicts = new ArrayList<>();
        result.elements()
                .get("results")
                .forEach(test -> verdicts.add(test.get("testid").asText() + " "
                        + test.get("masterresult").asText()));
        assertEquals(OF_THE_VECTORS.get(vector.file()), verdicts);
        assertEquals(List.of(), result.errors());
        assertTrue(result.success());
        assertEquals(!verdicts.isEmpty(), result.foundAnything());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"objects\":[{\"object\":\"o\",\"package\":{}}]}|object 'o': package: a name is needed",
                "{\"objects\":[{\"object\":\"o\",\"raw\":{},\"package\":{\"name\":\"x\"}}]}|object 'o': exactly one of package, filecontent, filename, raw, hasline is needed",
                "{\"objects\":[{\"object\":\"o\",\"registry\":{}}]}|object 'o': exactly one of package, filecontent, filename, raw, hasline is needed",
                "{\"objects\":[{\"object\":\"o\",\"raw\":{}},{\"object\":\"o\",\"raw\":{}}]}|object 'o' is there twice",
                "{\"objects\":[{\"object\":\"o\",\"filename\":{\"file\":\"x\"}}]}|object 'o': paths: a path is empty",
                "{\"objects\":[{\"object\":\"o\",\"filename\":{\"path\":\"/\"}}]}|object 'o': file: the expression is empty",
                "{\"objects\":[{\"object\":\"o\",\"filename\":{\"path\":\"/${x}\",\"file\":\"x\"}}]}|object 'o': path: variable 'x' is not defined",
                "{\"objects\":[{\"object\":\"o\",\"filecontent\":{\"path\":\"/\",\"file\":\"x\",\"expression\":\"x\",\"import-chain\":[\"y\"]}}]}|object 'o': filecontent: import-chain is not supported, files that are included by others are not followed; look into them with objects of their own",
                "{\"variables\":[{\"value\":\"x\"}]}|a variable has no key",
                "{\"variables\":[{\"key\":\"a\",\"value\":\"/${b}\"},{\"key\":\"b\"}]}|variable 'a': a value cannot hold a variable, which begins with ${",
                "{\"variables\":[{\"key\":\"x\"},{\"key\":\"x\"}]}|variable 'x' is there twice",
                "{\"tests\":[{\"test\":\"t\",\"object\":\"o\"}]}|test 't': there is no object 'o'",
                "{\"objects\":[{\"object\":\"o\",\"raw\":{}}],\"tests\":[{\"object\":\"o\"}]}|every test needs an identifier of 1 to 256 characters"
            })
    void saysWhyItRefuses(String document, String reason) {
        assertEquals(reason, refusal(document));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"evr\":{\"operation\":\"<=\",\"value\":\"1\"}|test 't0': evr: operation '<=' is none of '<', '>', '='",
                "\"evr\":{\"operation\":\"<\"}|test 't0': evr: the value is empty",
                "\"regexp\":{\"value\":\"(\"}|test 't0': regexp: '(' is not a regular expression: missing closing )",
                "\"regexp\":{\"value\":\"a\"},\"exactmatch\":{\"value\":\"a\"}|test 't0': evr, regexp and exactmatch exclude each other",
                "\"regex\":{\"value\":\"a\"}|test 't0': 'regex' is none of the evaluators evr, regexp, exactmatch",
            })
    void refusesEvaluatorsThatAreNone(String evaluator, String reason) {
        assertEquals(reason, refusal(document("\"raw\":{}", "," + evaluator)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"scribedoc\":null}",
                "{\"scribedoc\":\"{}\"}",
                "{\"scribedoc\":{\"objects\":{}}}",
                "{\"scribedoc\":{\"objects\":[null]}}",
                "{\"scribedoc\":{\"objects\":[7]}}",
                "{\"scribedoc\":{},\"onlytrue\":\"true\"}"
            })
    void refusesDocumentsThatAreNone(String parameters) throws Exception {
        JsonNode tree = MigJson.tree(parameters);

        assertThrows(InvalidParametersException.class, () -> new ScribeModule().bind(tree));
    }

    @Test
    void refusesTestsThatDependOnEachOther() {
        assertEquals(
                "tests depend on themselves: t1 needs t2 needs t3 needs t1",
                refusal(document(
                        "\"raw\":{}",
                        ",\"if\":[\"t1\"]",
                        ",\"if\":[\"t2\"]",
                        ",\"if\":[\"t4\",\"t3\"]",
                        ",\"if\":[\"t1\"]",
                        ANY)));
    }

    @Test
    void followsLongChainsOfDependencies() throws Exception {
        String[] tests = new String[10_000];
        for (int i = 0; i < tests.length - 1; i++) {
            tests[i] = ",\"if\":[\"t" + (i + 1) + "\"]";
        }
        tests[tests.length - 1] = ANY;
        String raw = "\"raw\":{\"identifiers\":[{\"identifier\":\"i\",\"value\":\"v\"}]}";

        assertEquals(
                10_000,
                verdicts(run(document(raw, tests))).stream()
                        .filter("true"::equals)
                        .count());
        tests[tests.length - 1] = exactly("w");
        assertEquals(
                10_000,
                verdicts(run(document(raw, tests))).stream()
                        .filter("false"::equals)
                        .count());
        tests[tests.length - 1] = ",\"if\":[\"t0\"]";
        assertTrue(refusal(document(raw, tests)).endsWith(" needs ..."));
    }

    @Test
    void boundsTheDocument() {
        String object = "{\"object\":\"%d\",\"raw\":{}}";
        String objects = IntStream.range(0, 1001).mapToObj(object::formatted).collect(Collectors.joining(","));

        assertEquals("scribedoc: more than 1000 objects or 10000 tests", refusal("{\"objects\":[" + objects + "]}"));
        String bomb = "{\"variables\":[{\"key\":\"x\",\"value\":\"" + "y".repeat(1000) + "\"}],"
                + "\"objects\":[{\"object\":\"o\",\"filename\":{\"path\":\"/\",\"file\":\"" + "${x}".repeat(10_000)
                + "\"}}]}";
        assertEquals("object 'o': file: with its variables it has more than 50000 characters", refusal(bomb));
    }

    @Test
    void comparesVersionsOfPackages() throws Exception {
        ScribeModule module = withPackages(
                "ii  openssl  3.0.9-1  amd64  x",
                "ii  libssl3:amd64  3.0.15-1~deb12u1  amd64  x",
                "rc  nginx  1.22  all  x",
                "ii  linux-image-6.1.0-9  6.1.27-1  amd64  x",
                "ii  linux-image-6.1.0-10  6.1.37-1  amd64  x");

        assertEquals(
                List.of("true", "false", "false", "true"),
                verdicts(run(
                        module,
                        document(
                                "\"package\":{\"name\":\"openssl\"}",
                                evr("<", "3.0.10"),
                                evr(">", "3.0.10"),
                                evr("=", "3.0.10"),
                                evr("=", "3.0.9")))));
        assertEquals(
                List.of("true"),
                verdicts(run(module, document("\"package\":{\"name\":\"libssl3\"}", evr("<", "3.0.15-1")))));
        assertEquals(List.of("false"), verdicts(run(module, document("\"package\":{\"name\":\"nginx\"}", ANY))));
        assertEquals(List.of("false"), verdicts(run(module, document("\"package\":{\"name\":\"ssl\"}", ANY))));
        String kernels = "\"package\":{\"collectmatch\":\"^linux-image-\",\"onlynewest\":%s}";
        assertEquals(List.of("true"), verdicts(run(module, document(kernels.formatted(false), evr("<", "6.1.37")))));
        ModuleResult newest = run(module, document(kernels.formatted(true), evr("<", "6.1.37")));
        assertEquals(List.of("false"), verdicts(newest));
        assertEquals(
                "[{\"result\":false,\"identifier\":\"linux-image-6.1.0-10\"}]",
                newest.elements().get("results").get(0).get("results").toString());
    }

    @Test
    void concludesNothingIfPackagesAreNotKnown() throws Exception {
        String document = document("\"package\":{\"name\":\"openssl\"}", ANY, evr("<", "3"));

        List<String> failed = verdicts(run(withDpkg("echo 'ii  openssl  1.0  all  x'; exit 2"), document));
        assertEquals(2, failed.size());
        assertTrue(failed.get(0).endsWith("ended with exit status 2"), failed.toString());
        PackageSources none =
                new PackageSources(List.of(folder.resolve("x")), List.of(folder.resolve("y")), Duration.ofSeconds(1));
        assertEquals(
                List.of("warning: this host has neither dpkg nor rpm", "warning: this host has neither dpkg nor rpm"),
                verdicts(run(new ScribeModule(none), document)));
    }

    @Test
    void takesValuesFromNamesOfFiles() throws Exception {
        Files.createDirectories(folder.resolve("a/b"));
        Files.createFile(folder.resolve("a/b/app-1.10.jar"));
        Files.createFile(folder.resolve("a/app-x.jar"));

        String source = "\"filename\":{\"path\":\"@\",\"file\":\"^app-([0-9.]+)\\\\.jar$\"}";
        ModuleResult result = run(document(source, evr(">", "1.9"), exactly("1.10"), ANY));

        assertEquals(List.of("true", "true", "true"), verdicts(result));
        assertEquals(
                "[{\"result\":true,\"identifier\":\"" + folder + "/a/b/app-1.10.jar\"}]",
                result.elements().get("results").get(0).get("results").toString());
        assertEquals(
                List.of("true", "false"),
                verdicts(run(document(
                        "\"filename\":{\"path\":\"@\",\"file\":\"app-.\"}", exactly("app-x"), exactly("app-x.jar")))));
    }

    @Test
    void takesValuesFromLines() throws Exception {
        Files.writeString(
                folder.resolve("os-release"), "NAME=x\r\nID=debian\r\nVERSION = (1, 7, 11, 'final')\nID=other");
        String source = "\"filecontent\":{\"path\":\"@\",\"file\":\"^os-release$\",\"expression\":\"%s\"}";

        assertEquals(
                List.of("true", "true", "false", "false"),
                verdicts(run(document(
                        source.formatted("^ID=(\\\\S+)$"),
                        exactly("debian"),
                        exactly("other"),
                        exactly("x"),
                        exactly("ID=debian")))));
        assertEquals(List.of("true"), verdicts(run(document(source.formatted("^ID=\\\\S+$"), exactly("ID=debian")))));
        String version = source.formatted("^VERSION = .(\\\\d+), (\\\\d+), (\\\\d+)");
        assertEquals(List.of("true", "true"), verdicts(run(document(version, exactly("7"), exactly("11")))));
        assertEquals(
                List.of("true", "false"),
                verdicts(run(document(
                        version.replace("\"expression\"", "\"concat\":\".\",\"expression\""),
                        evr("=", "1.7.11"),
                        exactly("7")))));
        assertEquals(List.of("false"), verdicts(run(document(source.formatted("^NOTHING"), ANY))));
    }

    @Test
    void looksForLines() throws Exception {
        Files.writeString(folder.resolve("a.conf"), "PermitRootLogin no\n!important\n");
        Files.writeString(folder.resolve("b.conf"), "PermitRootLogin yes\n");
        Files.writeString(folder.resolve("empty.conf"), "");
        String source = "\"hasline\":{\"path\":\"@\",\"file\":\"[.]conf$\",\"expression\":\"%s\"}";

        ModuleResult result = run(document(source.formatted("^PermitRootLogin no"), exactly("false"), exactly("true")));

        assertEquals(List.of("true", "true"), verdicts(result));
        JsonNode each = result.elements().get("results").get(0).get("results");
        assertEquals(
                List.of("false a.conf", "true b.conf", "true empty.conf"),
                Stream.of(0, 1, 2)
                        .map(i -> each.get(i).get("result").asText() + " "
                                + Path.of(each.get(i).get("identifier").asText())
                                        .getFileName())
                        .toList());
        assertEquals(
                1,
                Stream.of(run(document(source.formatted("!important"), exactly("true"))))
                        .flatMap(r ->
                                r.elements().get("results").get(0).get("results").findValuesAsText("result").stream())
                        .filter("true"::equals)
                        .count());
    }

    @Test
    void fillsInVariables() throws Exception {
        Files.writeString(folder.resolve("x1"), "");
        String document = "{\"variables\":[{\"key\":\"dir\",\"value\":\"@\"},{\"key\":\"n\",\"value\":\"1$\"}],"
                + "\"objects\":[{\"object\":\"o\",\"filename\":{\"path\":\"${dir}\",\"file\":\"^x[1]$\"}},"
                + "{\"object\":\"p\",\"raw\":{\"identifiers\":[{\"identifier\":\"i\",\"value\":\"${n}\"}]}}],"
                + "\"tests\":[{\"test\":\"a\",\"object\":\"o\"},"
                + "{\"test\":\"b\",\"object\":\"p\",\"exactmatch\":{\"value\":\"${n}\"}}]}";

        assertEquals(List.of("true", "true"), verdicts(run(document)));
    }

    @Test
    void neverReturnsValues() throws Exception {
        Files.writeString(folder.resolve("shadow"), "root:SECRETHASH:1\n");
        String source = "\"filecontent\":{\"path\":\"@\",\"file\":\"^shadow$\",\"expression\":\"^root:([^:]*):\"}";

        ModuleResult result = run(document(source, ANY, ",\"regexp\":{\"value\":\"^[!*]\"}"));

        assertEquals(List.of("true", "false"), verdicts(result));
        assertFalse(MigJson.text(result).contains("SECRETHASH"));
    }

    @Test
    void concludesNothingFromTooManyValues() throws Exception {
        Files.writeString(folder.resolve("many"), "x\n".repeat(10_001));
        for (int i = 0; i < 1001; i++) {
            Files.createFile(folder.resolve("f" + i));
        }

        assertEquals(
                List.of("it has more values than can be judged"),
                verdicts(run(
                        document("\"filecontent\":{\"path\":\"@\",\"file\":\"^many$\",\"expression\":\"x\"}", ANY))));
        assertEquals(
                List.of("1000 files were found, there may be more"),
                verdicts(run(document("\"filename\":{\"path\":\"@\",\"file\":\"^f\"}", ANY))));
    }

    @Test
    void cutsLinesThatDoNotEnd() throws Exception {
        Files.writeString(folder.resolve("long"), "ID=1 " + "x".repeat(FileLines.LONGEST + 5) + "\nID=2\n");
        String source = "\"filecontent\":{\"path\":\"@\",\"file\":\"^long$\",\"expression\":\"^ID=(.)\"}";

        ModuleResult result = run(document(source, exactly("1"), exactly("2")));

        assertEquals(List.of("true", "true"), verdicts(result));
        assertEquals(1, result.errors().size());
        assertTrue(result.errors().get(0).contains("lines of more than 1048576 bytes"), result.errors() + "");
    }

    /** What was found until then says nothing of the rest. */
    @Test
    void concludesNothingFromAFileThatIsNotReadToItsEnd() throws Exception {
        FileLookup.Found found = new FileLookup.Found(
                Map.of("o", List.of(folder.resolve("gone"))), Set.of(), Set.of(), true, List.of(), 1, 0);
        List<String> problems = new ArrayList<>();
        Facts facts = new Facts(found, List.of(), "", RunContext.unlimited(), problems::add);
        Values values = new Values(new ResultBudget());
        values.add("of another file", "x");

        FileSource.contents(
                        "o",
                        new ScribeDocument.ContentDefinition(folder.toString(), "x", "x", null, null),
                        new Variables(List.of()))
                .collect(facts, values);

        assertEquals("a file could not be read to its end", values.error());
        assertEquals(List.of(), values.list());
        assertEquals(List.of("ERROR: read " + folder + "/gone: no such file or directory"), problems);
    }

    /** Memory is a file that is not read. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void concludesNothingFromAFileThatCannotBeRead() throws Exception {
        String source = "{\"path\":\"/proc/" + ProcessHandle.current().pid()
                + "/mem\",\"file\":\"^mem$\",\"expression\":\"x\"}";

        assertEquals(
                List.of("a file could not be read to its end"),
                verdicts(run(document("\"filecontent\":" + source, ANY))));
        assertEquals(
                List.of("a file could not be read to its end"), verdicts(run(document("\"hasline\":" + source, ANY))));
    }

    @Test
    void goesOnWithoutAPathThatIsNotThere() throws Exception {
        ModuleResult result = run(document("\"filename\":{\"path\":\"@/none\",\"file\":\"x\"}", ANY));

        assertEquals(List.of("false"), verdicts(result));
        assertEquals(List.of("ERROR: stat " + folder + "/none: no such file or directory"), result.errors());
    }

    @Test
    void answersWhatItKnowsWhenItMustStop() throws Exception {
        RunContext over = new RunContext(Clock.systemUTC(), Optional.of(Instant.now()), false);

        ModuleResult result = new ScribeModule()
                .run(bind(document("\"filename\":{\"path\":\"" + folder + "\",\"file\":\"x\"}", ANY)), over);

        assertEquals(List.of(), verdicts(result));
    }

    @Test
    void returnsOnlyWhatIsTrueOnRequest() throws Exception {
        String raw = "\"raw\":{\"identifiers\":[{\"identifier\":\"i\",\"value\":\"v\"}]}";
        JsonNode parameters =
                MigJson.tree("{\"onlytrue\":true,\"scribedoc\":" + document(raw, exactly("w"), exactly("v")) + "}");

        ModuleResult result = new ScribeModule().run(new ScribeModule().bind(parameters), RunContext.unlimited());

        assertEquals("t1", result.elements().get("results").get(0).get("testid").asText());
        assertEquals(1, result.elements().get("results").size());
    }

    @Test
    void printsLines() throws Exception {
        String raw =
                "\"raw\":{\"identifiers\":[{\"identifier\":\"i\\u001b1\",\"value\":\"v\"},{\"identifier\":\"i2\",\"value\":\"w\"}]}";
        ModuleResult result = run(document(
                raw,
                exactly("v") + ",\"name\":\"n\",\"tags\":[{\"key\":\"k\",\"value\":\"v\"}]",
                exactly("w") + ",\"if\":[\"t2\"]",
                exactly("x")));

        assertEquals(
                List.of(
                        "master [true] name:\"n\" id:\"t0\" hastrue:true error:\"\"",
                        "sub [true] name:\"n\" id:\"t0\" identifier:\"i\\x1b1\"",
                        "sub [false] name:\"n\" id:\"t0\" identifier:\"i2\"",
                        "master [false] name:\"\" id:\"t1\" hastrue:true error:\"\"",
                        "sub [false] name:\"\" id:\"t1\" identifier:\"i\\x1b1\"",
                        "sub [true] name:\"\" id:\"t1\" identifier:\"i2\"",
                        "master [false] name:\"\" id:\"t2\" hastrue:false error:\"\"",
                        "sub [false] name:\"\" id:\"t2\" identifier:\"i\\x1b1\"",
                        "sub [false] name:\"\" id:\"t2\" identifier:\"i2\""),
                new ScribeModule().print(result, true));
        assertEquals(
                "[{\"key\":\"k\",\"value\":\"v\"}]",
                result.elements().get("results").get(0).get("tags").toString());
        assertTrue(MigJson.text(new ScribeModule().mask(result)).contains("\"identifier\":\"masked\""));
        assertFalse(MigJson.text(new ScribeModule().mask(result)).contains("i2"));
    }

    @Test
    void printsJsonThatTerminalsSurvive() throws Exception {
        String raw = "\"raw\":{\"identifiers\":[{\"identifier\":\"i\\u202e\\u001b\",\"value\":\"v\"}]}";
        JsonNode parameters = MigJson.tree("{\"jsonoutput\":true,\"scribedoc\":" + document(raw, ANY) + "}");
        ModuleResult result = new ScribeModule().run(new ScribeModule().bind(parameters), RunContext.unlimited());

        String line = new ScribeModule().print(result, false).get(0);

        assertTrue(line.chars().allMatch(c -> c >= 0x20 && c < 0x7f), line);
        assertEquals(result.elements().get("results").get(0), MigJson.tree(line));
    }

    @Test
    void readsTheCommandLine() throws Exception {
        Path document = Files.writeString(folder.resolve("policy.json"), "{\"objects\":[],\"tests\":[]}");

        assertEquals(
                MigJson.tree(
                        "{\"scribedoc\":{\"objects\":[],\"tests\":[]},\"onlytrue\":true,\"humanoutput\":false,\"jsonoutput\":true}"),
                new ScribeModule()
                        .flags()
                        .orElseThrow()
                        .parse(List.of("-path", document.toString(), "-onlytrue", "-json")));
        Files.writeString(folder.resolve("broken"), "{");
        for (String path : List.of("", folder + "/none", folder.toString(), folder + "/broken", "/dev/zero", "\0")) {
            assertThrows(
                    InvalidParametersException.class,
                    () -> new ScribeModule().flags().orElseThrow().parse(List.of("-path", path)));
        }
    }

    @Test
    void saysWhyADocumentCannotBeRead() {
        assertEquals(folder + "/none cannot be read: no such file or directory", notRead(folder + "/none"));
        assertEquals(folder + " cannot be read: is a directory", notRead(folder.toString()));
        assertEquals("\0 is no path on this system", notRead("\0"));
    }

    private static String notRead(String path) {
        return assertThrows(
                        InvalidParametersException.class,
                        () -> new ScribeModule().flags().orElseThrow().parse(List.of("-path", path)))
                .getMessage();
    }
}
