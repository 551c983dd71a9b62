package ninja.mig.modules.pkg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.zip.GZIPOutputStream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.AskedClock;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OvalTest {
    @TempDir
    Path folder;

    private static String gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }

    private static String parameters(String xml, boolean includeFalse) throws IOException {
        return "{\"ovaldef\":\"" + gzip(xml.getBytes(StandardCharsets.UTF_8)) + "\",\"maxconneval\":4,\"includefalse\":"
                + includeFalse + "}";
    }

    private PkgModule module() throws IOException {
        Path dpkg = program("dpkg", "ii  libssl3:amd64  3.0.9-1  amd64  x", "ii  bash  5.2.15-2+b2  amd64  x");
        Path rpm = program(
                "rpm",
                "openssl 1:3.0.7-27.el9 x86_64",
                "centos-release 0:6-10.el6.centos x86_64",
                "kernel 2.6-9 i686",
                "kernel 2.6-10 x86_64");
        return new PkgModule(new PackageSources(List.of(dpkg), List.of(rpm), Duration.ofSeconds(30)));
    }

    private Path program(String name, String... lines) throws IOException {
        Path list = Files.write(folder.resolve(name + ".list"), List.of(lines));
        Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\nexec cat " + list + "\n");
        assertTrue(program.toFile().setExecutable(true));
        return program;
    }

    private ModuleResult run(String xml) throws Exception {
        PkgModule module = module();
        return module.run(module.bind(MigJson.tree(parameters(xml, true))), RunContext.unlimited());
    }

    private static List<String> outcomes(ModuleResult result) {
        List<String> outcomes = new ArrayList<>();
        result.elements()
                .get("ovalresults")
                .forEach(r -> outcomes.add(
                        r.get("id").asText() + " " + r.get("status").asText()));
        return outcomes;
    }

    private static String definition(String id, String criteria) {
        return "<definition id=\"" + id + "\" class=\"patch\"><metadata><title>The <b>title</b> of " + id
                + "</title><x><title>no</title></x></metadata>" + criteria + "</definition>";
    }

    private static String criteria(String operator, String... children) {
        return "<criteria operator=\"" + operator + "\">" + String.join("", children) + "</criteria>";
    }

    private static String test(String id) {
        return "<criterion test_ref=\"" + id + "\" comment=\"c\"/>";
    }

    private static String document(String definitions, String items) {
        return "<?xml version=\"1.0\"?><oval_definitions xmlns=\"http://oval.mitre.org/XMLSchema/oval-definitions-5\" "
                + "xmlns:l=\"http://oval.mitre.org/XMLSchema/oval-definitions-5#linux\"><definitions>" + definitions
                + "</definitions><tests>" + items + "</tests></oval_definitions>";
    }

    /** A test of a package with the state that is given. */
    private static String packageTest(String id, String type, String name, String state) {
        return ("<l:%1$s_test id=\"%2$s\" check=\"at least one\"><l:object object_ref=\"%2$s-o\"/>%5$s</l:%1$s_test>"
                        + "<l:%1$s_object id=\"%2$s-o\"><l:name>%3$s</l:name></l:%1$s_object>"
                        + "<l:%1$s_state id=\"%2$s-s\">%4$s</l:%1$s_state>")
                .formatted(type, id, name, state, state.isEmpty() ? "" : "<l:state state_ref=\"" + id + "-s\"/>");
    }

    private static String textTest(String id, String object, String state) {
        return ("<i:textfilecontent54_test xmlns:i=\"i\" id=\"%1$s\"><i:object object_ref=\"%1$s-o\"/>%3$s</i:textfilecontent54_test>"
                        + "<i:textfilecontent54_object xmlns:i=\"i\" id=\"%1$s-o\">%2$s</i:textfilecontent54_object>"
                        + "<i:textfilecontent54_state xmlns:i=\"i\" id=\"%1$s-s\">%4$s</i:textfilecontent54_state>")
                .formatted(id, object, state.isEmpty() ? "" : "<i:state state_ref=\"" + id + "-s\"/>", state);
    }

    private String outcome(String items) throws Exception {
        return outcomes(run(document(definition("d", criteria("AND", test("t"))), items)))
                .get(0)
                .substring(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dpkginfo|libssl3|<evr operation='less than'>0:3.0.10</evr>|true",
                "dpkginfo|libssl3|<evr operation='less than'>0:3.0.9-1</evr>|false",
                "dpkginfo|libssl3|<evr>3.0.9-1</evr>|true",
                "dpkginfo|libssl3|<evr operation='greater than or equal'>3.0.9-1</evr>|true",
                "dpkginfo|libssl3|<evr operation='less than'><![CDATA[4]]></evr>|true",
                "dpkginfo|none|<evr operation='less than'>4</evr>|false",
                "dpkginfo|bash|<version operation='pattern match'>^5[.]2</version>|true",
                "dpkginfo|bash|<version operation='pattern match'>b2</version>|false",
                "dpkginfo|bash||true",
                "rpminfo|bash||false",
                "rpminfo|openssl|<evr operation='less than'>1:3.0.7-100.el9</evr><signature_keyid operation='equals'>x</signature_keyid>|true",
                "rpminfo|openssl|<evr operation='less than'>3.0.8</evr>|false",
                "rpminfo|kernel|<evr operation='less than'>2.6-10</evr><arch operation='pattern match'>i686|true",
                "rpminfo|kernel|<evr operation='less than'>2.6-10</evr><arch>x86_64|false",
                "rpminfo|redhat-release-server|<version operation='pattern match'>^6</version>|true",
                "rpminfo|openssl|<evr operation='bitwise or'>1</evr>|error",
                "rpminfo|openssl|<epoch>1</epoch>|error",
                "rpminfo|openssl|<version operation='pattern match'>(</version>|error",
                "rpminfo|openssl|<evr operation='less than' var_ref='v'>1</evr>|error",
                "rpmverify|openssl|<evr>1</evr>|error"
            })
    void judgesPackages(String type, String name, String state, String expected) throws Exception {
        String whole =
                state == null ? "" : state.endsWith("6_64") || state.endsWith("i686") ? state + "</arch>" : state;

        assertEquals(expected, outcome(packageTest("t", type, name, whole)));
    }

    @Test
    void judgesWhatIsNotInstalled() throws Exception {
        String test = packageTest("t", "dpkginfo", "%s", "").replace("check=", "check_existence=\"none_exist\" check=");

        assertEquals("true", outcome(test.formatted("none")));
        assertEquals("false", outcome(test.formatted("bash")));
        assertEquals("error", outcome(test.formatted("bash").replace("none_exist", "some_exist")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<filepath>@/release</filepath><pattern operation='pattern match'>^ID=(\\w+)$</pattern>|<subexpression>debian</subexpression>|true",
                "<filepath>@/release</filepath><pattern operation='pattern match'>^ID=(\\w+)$</pattern>|<subexpression>rhel</subexpression>|false",
                "<path>@</path><filename>release</filename><pattern operation='pattern match'>^ID=deb</pattern>|<subexpression>ID=deb</subexpression>|true",
                "<path>@</path><filename>release</filename><pattern operation='pattern match'>^ID=</pattern>||true",
                "<path>@</path><filename>release</filename><pattern operation='pattern match'>^ID=x</pattern>||false",
                "<filepath>@/none</filepath><pattern operation='pattern match'>x</pattern>||false",
                "<filepath>@</filepath><pattern operation='pattern match'>x</pattern>||error",
                "<filepath>/dev/zero</filepath><pattern operation='pattern match'>x</pattern>||error",
                "<filepath operation='pattern match'>@/.*</filepath><pattern operation='pattern match'>x</pattern>||error",
                "<filepath>@/release</filepath>||error",
                "<filepath>@/release</filepath><pattern operation='pattern match'>(?=x)</pattern>||error",
                "<filepath>@/release</filepath><pattern operation='pattern match'>ID</pattern>|<text>x</text>|error"
            })
    void judgesTexts(String object, String state, String expected) throws Exception {
        Files.writeString(folder.resolve("release"), "NAME=x\nID=debian\n");

        assertEquals(
                expected, outcome(textTest("t", object.replace("@", folder.toString()), state == null ? "" : state)));
    }

    @Test
    void combinesOutcomes() throws Exception {
        String items = packageTest("yes", "dpkginfo", "bash", "")
                + packageTest("no", "dpkginfo", "none", "")
                + packageTest("bad", "dpkginfo", "bash", "<x/>");
        String not = test("no").replace("comment", "negate=\"true\" comment");
        String definitions = definition("and", criteria("AND", test("yes"), test("no")))
                + definition("or", criteria("OR", test("no"), criteria("AND", test("yes"), not)))
                + definition("error", criteria("OR", test("yes"), test("bad")))
                + definition("usual", criteria("x", test("yes")).replace(" operator=\"x\"", ""))
                + definition("one", criteria("ONE", test("yes")))
                + definition("two", criteria("TWO", test("yes")))
                + definition("empty", criteria("AND"))
                + definition("nothing", criteria("AND", test("nowhere")))
                + definition("extends", criteria("AND", "<extend_definition definition_ref=\"or\" negate=\"true\"/>"))
                + definition("circle", criteria("AND", "<extend_definition definition_ref=\"circle\"/>"))
                + definition("stray", criteria("AND", "<extend_definition definition_ref=\"x\"/>"));

        ModuleResult result = run(document(definitions, items));

        assertEquals(
                List.of(
                        "and false",
                        "or true",
                        "error error",
                        "usual true",
                        "one error",
                        "two error",
                        "empty error",
                        "nothing error",
                        "extends false",
                        "circle error",
                        "stray error"),
                outcomes(result));
        assertTrue(result.errors().contains("ERROR: bad: a state with x is not known here"), result.errors() + "");
        assertTrue(result.errors().contains("ERROR: nowhere: there is no such test"), result.errors() + "");
        assertTrue(
                result.errors()
                        .containsAll(List.of(
                                "ERROR: one: operator ONE of its criteria is not known",
                                "ERROR: two: operator TWO of its criteria is not known",
                                "ERROR: empty: there is nothing in its criteria")),
                result.errors() + "");
    }

    @Test
    void leavesOutWhatIsFalseAndPrintsTheRest() throws Exception {
        String xml = document(
                definition("d1", criteria("AND", test("yes"))) + definition("d2", criteria("AND", test("no"))),
                packageTest("yes", "dpkginfo", "bash", "") + packageTest("no", "dpkginfo", "none", ""));
        PkgModule module = module();

        ModuleResult result = module.run(module.bind(MigJson.tree(parameters(xml, false))), RunContext.unlimited());

        assertTrue(result.foundAnything());
        assertTrue(result.elements().get("matches").isNull());
        List<String> lines = module.print(result, false);
        assertEquals("ovalresult id=d1 title=\"The  of d1\" outcome=true", lines.get(0));
        assertTrue(lines.get(1).matches("Statistics: runtime .*s, parsetime .*s, defsize [0-9]+"), lines.get(1));
        assertEquals(2, lines.size());
    }

    @Test
    void concludesNothingIfAManagerFails() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken"), "#!/bin/sh\nexit 1\n");
        assertTrue(broken.toFile().setExecutable(true));
        PkgModule module = new PkgModule(
                new PackageSources(List.of(broken), List.of(folder.resolve("x")), Duration.ofSeconds(30)));
        String xml = document(definition("d", criteria("AND", test("t"))), packageTest("t", "dpkginfo", "bash", ""));

        ModuleResult result = module.run(module.bind(MigJson.tree(parameters(xml, true))), RunContext.unlimited());

        assertEquals(List.of(), outcomes(result));
        assertEquals(List.of("ERROR: " + broken + " ended with exit status 1"), result.errors());
    }

    private static RunContext clock(LongSupplier seconds) {
        return new RunContext(new AskedClock(seconds), Optional.empty(), false);
    }

    /** What was read before does not count: a manager of packages may take a minute. */
    @Test
    void givesTheDefinitionsAllTheirTime() throws Exception {
        Path read = folder.resolve("read");
        Path dpkg = program("dpkg", "ii  bash  5.2.15-2+b2  amd64  x");
        Files.writeString(dpkg, Files.readString(dpkg).replace("exec", "touch " + read + "; exec"));
        PkgModule module =
                new PkgModule(new PackageSources(List.of(dpkg), List.of(folder.resolve("x")), Duration.ofSeconds(30)));
        PkgRequest request = module.bind(MigJson.tree(parameters(
                document(definition("d", criteria("AND", test("t"))), packageTest("t", "dpkginfo", "bash", "")),
                true)));

        ModuleResult result = module.run(request, clock(() -> Files.exists(read) ? 55 : 0));

        assertEquals(List.of("d true"), outcomes(result));
        assertEquals(List.of(), result.errors());
        assertEquals("55s", result.statistics().get("execruntime").asText());
    }

    @Test
    void needsNoPackagesForTexts() throws Exception {
        Files.writeString(folder.resolve("release"), "ID=debian\n");
        PkgModule module = new PkgModule(
                new PackageSources(List.of(folder.resolve("x")), List.of(folder.resolve("y")), Duration.ofSeconds(30)));
        String xml = document(
                definition("d", criteria("AND", test("t"))),
                textTest(
                        "t",
                        "<filepath>" + folder + "/release</filepath><pattern operation='pattern match'>^ID=</pattern>",
                        ""));

        ModuleResult result = module.run(module.bind(MigJson.tree(parameters(xml, true))), RunContext.unlimited());

        assertEquals(List.of("d true"), outcomes(result));
        assertEquals(List.of(), result.errors());
    }

    @Test
    void endsAfterHalfAMinute() throws Exception {
        StringBuilder definitions = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            definitions.append(definition("d" + i, criteria("AND", test("t"))));
        }
        PkgModule module = module();
        PkgRequest request = module.bind(MigJson.tree(
                parameters(document(definitions.toString(), packageTest("t", "dpkginfo", "bash", "")), true)));

        AtomicInteger seconds = new AtomicInteger();

        ModuleResult result = module.run(request, clock(seconds::incrementAndGet));

        int done = outcomes(result).size();
        assertTrue(done > 0 && done < 20, outcomes(result) + "");
        assertEquals(List.of("ERROR: the definitions took longer than 30 s, the rest was left out"), result.errors());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no xml",
                "<a>",
                "<oval_definitions/>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><definition id='&x;'><criteria/></definition>",
                "<!DOCTYPE a><definition id='d'><criteria/></definition>",
                "<definition id='&x;'><criteria/></definition>",
                "<definition id='d'/>",
                "<definition><criteria/></definition>",
                "<x><definition id='d'><criteria/></definition><definition id='d'><criteria/></definition></x>",
                "<definition id='d'><criteria><unknown/></criteria></definition>",
                "<x><definition id='d'><criteria/></definition><rpminfo_object/></x>"
            })
    void refusesWhatIsNoOval(String xml) throws Exception {
        JsonNode parameters = MigJson.tree(parameters(xml, false));

        String reason = assertThrows(InvalidParametersException.class, () -> module().bind(parameters))
                .getMessage();
        assertTrue(reason.startsWith("ovaldef is no OVAL file: "), reason);
        assertFalse(reason.contains("root:"), reason);
    }

    @Test
    void refusesBombs() throws Exception {
        String nested = "<definition id='d'>" + "<criteria>".repeat(200) + "</criteria>".repeat(200) + "</definition>";
        String large = "<definition id='d'><metadata><title>" + "x".repeat(100_000)
                + "</title></metadata><criteria/></definition>";
        String zeros = "{\"ovaldef\":\"" + gzip(new byte[70 << 20]) + "\"}";
        String spaces = gzip(("<x>" + " ".repeat((64 << 20) + 10)).getBytes(StandardCharsets.US_ASCII));

        assertTrue(refusal(parameters(nested, false)).contains("nested too deeply"));
        assertTrue(refusal(parameters(large, false)).contains("a text is too long"));
        assertTrue(refusal(zeros).startsWith("ovaldef is no OVAL file"), refusal(zeros));
        assertTrue(refusal("{\"ovaldef\":\"" + spaces + "\"}").contains("more than 64 MiB"));
    }

    private String refusal(String parameters) throws Exception {
        JsonNode tree = MigJson.tree(parameters);
        return assertThrows(InvalidParametersException.class, () -> module().bind(tree))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"!!!", "AAAA", "H4sIAAAAAAAA", "H4sIAAAAAAAAAwMAAAAAAAAAAAA="})
    void refusesWhatIsNoGzip(String ovalDef) throws Exception {
        assertTrue(refusal("{\"ovaldef\":\"" + ovalDef + "\"}").startsWith("ovaldef is no"));
    }

    @Test
    void packsTheFileOfTheCommandLine() throws Exception {
        String xml = document(definition("d", criteria("AND", test("t"))), packageTest("t", "dpkginfo", "bash", ""));
        Path file = Files.writeString(folder.resolve("definitions.xml"), xml);
        PkgModule module = module();

        JsonNode parameters = module.flags()
                .orElseThrow()
                .parse(List.of("-oval", file.toString(), "-concurrency", "3", "-includefalse"));

        assertEquals(3, parameters.get("maxconneval").asInt());
        assertTrue(parameters.get("includefalse").asBoolean());
        assertEquals(List.of("d true"), outcomes(module.run(module.bind(parameters), RunContext.unlimited())));
        for (List<String> words : List.of(
                List.of("-oval", folder + "/none"),
                List.of("-oval", "/dev/zero"),
                List.of("-oval", "\0"),
                List.of("-oval", file.toString(), "-name", "x"),
                List.of("-oval", file.toString(), "-concurrency", "11"),
                List.of("-name", "x", "-includefalse"))) {
            assertThrows(
                    InvalidParametersException.class,
                    () -> module.flags().orElseThrow().parse(words),
                    words + "");
        }
    }

    @Test
    void saysWhyAFileCannotBeRead() {
        assertEquals(folder + "/none cannot be read: no such file or directory", notRead(folder + "/none"));
        assertEquals("\0 is no path on this system", notRead("\0"));
    }

    private static String notRead(String file) {
        return assertThrows(InvalidParametersException.class, () -> OvalFile.pack(file))
                .getMessage();
    }
}
