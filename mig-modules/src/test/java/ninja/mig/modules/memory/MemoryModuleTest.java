package ninja.mig.modules.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Remarks;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import ninja.mig.modules.memory.FakeProcesses.FakeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryModuleTest {
    private final FakeProcesses processes = new FakeProcesses();
    private final MemoryModule module = new MemoryModule(() -> processes, Set.of(4L), Duration.ofMinutes(1));

    static byte[] fixture(String name) throws IOException {
        try (InputStream in = MemoryModuleTest.class.getResourceAsStream("/vectors/modules/memory/fixture/" + name)) {
            return in.readAllBytes();
        }
    }

    static JsonNode expectedOfFixture() throws Exception {
        return MigJson.tree(fixture("expected.json"));
    }

    private static byte[] page(String text) {
        byte[] page = new byte[4096];
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, page, 1000, bytes.length);
        return page;
    }

    private FakeProcess process(long pid, String name, String memory) {
        return processes
                .add(pid, name)
                .map(0x1000, page(memory), "r-xp 00000000 fe:00 77    " + name)
                .map(0x4000, page(""), "r-xp 00000000 fe:00 78    /lib/libssl.so.1.0.0")
                .line("5000-6000 ---p 00000000 fe:00 78    /lib/libssl.so.1.0.0");
    }

    private ModuleResult run(String searches) throws Exception {
        return module.run(module.bind(MigJson.tree("{\"searches\":" + searches + "}")), RunContext.unlimited());
    }

    static Stream<VectorCase> valid() {
        return VectorCase.of("memory/valid");
    }

    /** By vector: the processes that each search finds, null where nothing is asked. */
    private static final Map<String, String> FOUND = Map.of(
            "001-name-and-content.json", "{\"s1\":[11]}",
            "002-library.json", "{\"tls\":[11,12,13]}",
            "003-bytes.json", "{\"s1\":[14]}",
            "004-several-searches.json", "{\"a\":[13],\"b\":[11,13]}",
            "005-no-searches.json", "{}",
            "006-no-checks.json", "{\"s1\":null}");

    @ParameterizedTest
    @MethodSource("valid")
    void findsWhatTheVectorsAskFor(VectorCase vector) throws Exception {
        process(11, "/usr/bin/postgres", "xxx secret1234");
        process(12, "/usr/lib/postgres", "secret 1234");
        process(13, "/usr/sbin/sshd", "xxx");
        byte[] java = page("mig.mozilla.org");
        java[0] = (byte) 0xFF;
        java[1] = (byte) 0xD0;
        processes.add(14, "/usr/bin/java").map(0x400000, java);
        processes.add(15, "/usr/bin/java").map(0x3ff000, java); // below the offset that is given

        ModuleResult result =
                module.run(module.bind(MigJson.tree(vector.parameters(Path.of("/")))), RunContext.unlimited());

        assertTrue(result.success());
        assertEquals(FOUND.get(vector.file()), MigJson.text(pids(result)));
        assertEquals(FOUND.get(vector.file()).contains("["), result.foundAnything());
    }

    private static JsonNode pids(ModuleResult result) {
        ObjectNode pids = JsonNodeFactory.instance.objectNode();
        result.elements()
                .properties()
                .forEach(search -> pids.set(
                        search.getKey(),
                        search.getValue().isNull()
                                ? search.getValue()
                                : MigJson.toTree(search.getValue().findValues("pid").stream()
                                        .map(JsonNode::asLong)
                                        .filter(pid -> pid > 0)
                                        .toList())));
        return pids;
    }

    @Test
    void takesTheOldSpellingsOfTheOriginal() throws Exception {
        JsonNode parameters = module.flags()
                .orElseThrow()
                .parse(List.of("-name", "x", "-maxdepth", "140737488355327", "-matchlimit=999999999999999"));

        JsonNode options = parameters.get("searches").get("s1").get("options");
        assertEquals(140737488355327L, options.get("offset").asLong());
        assertEquals(999999999999999L, options.get("maxlength").asLong());
        for (String number : List.of("-1", "9223372036854775808", "0xg", "")) {
            assertThrows(
                    InvalidParametersException.class,
                    () -> module.flags().orElseThrow().parse(List.of("-name", "x", "-offset", number)),
                    number);
        }
    }

    @Test
    void takesTheSameInItsDialog() throws Exception {
        ModuleDialog dialog = module.dialog().orElseThrow();
        for (String line : List.of(
                "s1",
                "name ssh",
                "lib libssl",
                "content foo bar",
                "bytes 6d6",
                "bytes 6d69",
                "offset 4096",
                "maxlength 7",
                "matchany",
                "logfailures",
                "done",
                "done")) {
            dialog.enter(line);
        }

        assertEquals(
                MigJson.tree(
                        "{\"searches\":{\"s1\":{\"names\":[\"ssh\"],\"libraries\":[\"libssl\"],\"bytes\":[\"6d69\"],"
                                + "\"contents\":[\"foo bar\"],\"options\":{\"offset\":4096,\"maxlength\":7,\"logfailures\":true}}}}"),
                MigJson.tree(MigJson.text(dialog.parameters().orElseThrow())));
    }

    @Test
    void boundsWhatCanBeAsked() {
        String tooLong = "00".repeat(Check.LONGEST_BYTES + 1);
        String many = ("\"" + "0f".repeat(1100) + "\",").repeat(1000);
        String tooMany = "\"x\",".repeat(10_000);
        for (String search : List.of(
                "\"bytes\":[\"" + tooLong + "\"]",
                "\"bytes\":[" + many + "\"00\"]",
                "\"names\":[" + tooMany + "\"x\"]",
                "\"options\":{\"maxlength\":-1}",
                "\"bytes\":[\"\\uff11\\uff11\"]",
                "\"contents\":[\"(a\"]")) {
            assertThrows(InvalidParametersException.class, () -> run("{\"s\":{" + search + "}}"));
        }
    }

    @Test
    void findsProcessesOnWhichEverythingHolds() throws Exception {
        process(1, "/usr/sbin/sshd", "secret1234");
        process(2, "/usr/sbin/sshd", "nothing");
        process(3, "/usr/bin/other", "secret1234");
        processes.add(9, "[kthreadd]");

        ModuleResult result = run("{\"s\":{\"description\":\"d\",\"names\":[\"sshd$\"],\"libraries\":[\"libssl\"],"
                + "\"contents\":[\"secret[0-9]+\"],\"bytes\":[\"3132\"],"
                + "\"options\":{\"matchall\":true,\"offset\":1,\"maxlength\":1000000}}}");

        assertEquals(
                MigJson.tree("{\"s\":[{\"process\":{\"name\":\"/usr/sbin/sshd\",\"pid\":1},\"search\":{"
                        + "\"description\":\"d\",\"names\":[\"sshd$\"],\"libraries\":[\"libssl\"],\"bytes\":[\"3132\"],"
                        + "\"contents\":[\"secret[0-9]+\"],\"options\":{\"matchall\":true}}}]}"),
                result.elements());
        assertTrue(result.foundAnything());
        assertEquals(4, result.statistics().get("processcount").asInt());
        assertEquals(1, result.statistics().get("totalhits").asInt());
        assertEquals(
                3 * 4096,
                result.statistics().get("memoryread").asInt(),
                "neither other names, nor more when all is found");
        assertEquals(List.of("/usr/sbin/sshd [pid:1] in search 's'"), module.print(result, true));
    }

    @Test
    void findsProcessesForEachConditionAlone() throws Exception {
        process(1, "/usr/sbin/sshd", "secret1234");
        process(2, "/usr/bin/x\u001b[2Jy", "nothing");

        ModuleResult result = run("{\"s\":{\"names\":[\"sshd$\",\"none\"],\"libraries\":[\"libssl\",\"sshd\"],"
                + "\"contents\":[\"secret[0-9]+\"],\"bytes\":[\"6e6f7468\",\"FFFF\"]}}");

        List<String> lines = module.print(result, false);
        assertEquals(
                List.of(
                        "/usr/sbin/sshd [pid:1] in search 's' on checks name='sshd$'",
                        "0 match found in search 's' on checks name='none'",
                        "/usr/sbin/sshd [pid:1] in search 's' on checks library='libssl'",
                        "/usr/bin/x\\x1b[2Jy [pid:2] in search 's' on checks library='libssl'",
                        "0 match found in search 's' on checks library='sshd'",
                        "/usr/sbin/sshd [pid:1] in search 's' on checks content='secret[0-9]+'",
                        "/usr/bin/x\\x1b[2Jy [pid:2] in search 's' on checks byte='6e6f7468'",
                        "0 match found in search 's' on checks byte='FFFF'"),
                lines.subList(0, 8));
        assertTrue(
                lines.get(8).matches("Statistics: 2 processes checked, 5 matched, 0 failures, ran in .*s\\."),
                lines.get(8));
        assertEquals(
                "{}",
                result.elements().get("s").get(0).get("search").get("options").toString());
        assertEquals(5, module.print(result, true).size());
    }

    @Test
    void findsNothingWithoutConditions() throws Exception {
        process(1, "/usr/sbin/sshd", "x");

        ModuleResult result = run("{\"any\":{},\"all\":{\"options\":{\"matchall\":true}}}");

        assertEquals(
                MigJson.tree("{\"any\":null,\"all\":[{\"process\":{\"name\":\"\",\"pid\":0},"
                        + "\"search\":{\"options\":{\"matchall\":true}}}]}"),
                result.elements());
        assertFalse(result.foundAnything());
        assertEquals(0, result.statistics().get("processcount").asInt());
    }

    @Test
    void doesNotFindWhatItLooksForInItself() throws Exception {
        process(4, "/usr/bin/java", "secret1234");

        ModuleResult result = run(
                "{\"s\":{\"names\":[\"java\"],\"libraries\":[\"ssl\"],\"contents\":[\"secret\"],\"bytes\":[\"3132\"]}}");

        assertEquals(2, result.statistics().get("totalhits").asInt(), MigJson.pretty(result));
        assertEquals(0, result.statistics().get("memoryread").asInt());
    }

    @Test
    void goesOnBehindProcessesThatMayNotBeOpened() throws Exception {
        for (long pid = 10; pid < 10 + Remarks.MOST + 5; pid++) {
            processes.add(pid, "x").refuse("open /proc/" + pid + "/mem: permission denied");
        }
        process(5000, "/bin/x", "secret");

        ModuleResult result = run("{\"s\":{\"names\":[\"x\"]}}");

        assertTrue(result.success());
        assertEquals(1, result.statistics().get("totalhits").asInt());
        assertEquals(1, result.statistics().get("processcount").asInt());
        assertEquals(Remarks.MOST, result.statistics().get("failures").size());
        assertEquals(List.of("warning: 5 more failures were left out, the limit is 1000"), result.errors());
        assertTrue(module.print(result, false).contains("Failure: open /proc/10/mem: permission denied"));
    }

    @Test
    void cutsAResultThatWouldBecomeTooLarge() throws Exception {
        for (long pid = 1; pid <= 40; pid++) {
            processes.add(pid, "/bin/x");
        }
        String description = "d".repeat(1 << 20);

        ModuleResult result = run(
                "{\"s\":{\"description\":\"" + description + "\",\"names\":[\"x\"],\"options\":{\"matchall\":true}}}");

        assertTrue(MigJson.bytes(result).length < 26 << 20);
        assertEquals(
                List.of("warning: search 's' was cut after 23 matches, the result would exceed 24 MiB"),
                result.errors());
    }

    @Test
    void returnsWhatItHasWhenItMustStop() throws Exception {
        RunContext context = new RunContext(Clock.systemUTC(), Optional.empty(), false);
        process(1, "/bin/x", "secret");
        byte[] large = new byte[8 << 20];
        System.arraycopy(page("secret"), 0, large, 0, 4096);
        FakeProcess second = processes.add(2, "/bin/y").map(0x100000, large);
        second.atRead = () -> {
            if (second.reads.size() == 10) {
                context.requestStop();
            }
        };
        process(3, "/bin/z", "secret");
        MemoryParameters parameters =
                module.bind(MigJson.tree("{\"searches\":{\"s\":{\"contents\":[\"secret\",\"nowhere\"]}}}"));

        ModuleResult result = module.run(parameters, context);

        List<String> found = new ArrayList<>();
        result.elements().get("s").findValues("pid").forEach(pid -> found.add(pid.asText()));
        assertEquals(List.of("1", "2", "0"), found);
        assertTrue(second.reads.size() <= 11);
    }

    @Test
    void returnsWhatItHasWhileAProcessDoesNotAnswer() throws Exception {
        RunContext context = new RunContext(Clock.systemUTC(), Optional.empty(), false);
        CountDownLatch answer = new CountDownLatch(1);
        process(1, "/bin/x", "secret");
        process(2, "/bin/y", "secret").atRead = () -> {
            context.requestStop();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };

        ModuleResult result =
                module.run(module.bind(MigJson.tree("{\"searches\":{\"s\":{\"contents\":[\"secret\"]}}}")), context);
        answer.countDown();

        assertEquals("[1]", result.elements().get("s").findValues("pid").toString());
    }

    @Test
    void knowsNamesAloneWhereJavaShowsNoMore() throws Exception {
        MemoryModule elsewhere = new MemoryModule(HandleProcesses::new, Set.of(), Duration.ofMinutes(1));

        ModuleResult names = elsewhere.run(
                elsewhere.bind(MigJson.tree("{\"searches\":{\"s\":{\"names\":[\"java\"]}}}")), RunContext.unlimited());
        ModuleResult more = elsewhere.run(
                elsewhere.bind(
                        MigJson.tree(
                                "{\"searches\":{\"s\":{\"names\":[\"java\"]},\"t\":{\"contents\":[\"x\"]},\"u\":{\"libraries\":[\"x\"]}}}")),
                RunContext.unlimited());

        long own = ProcessHandle.current().pid();
        assertTrue(
                names.elements().get("s").findValues("pid").stream().anyMatch(pid -> pid.asLong() == own),
                MigJson.pretty(names));
        assertTrue(names.success());
        assertFalse(more.success());
        assertTrue(more.foundAnything());
        assertEquals(
                List.of(
                        "ERROR: search 't': libraries, contents and bytes are not supported on this system",
                        "ERROR: search 'u': libraries, contents and bytes are not supported on this system"),
                more.errors());
        assertEquals("[0]", more.elements().get("t").findValues("pid").toString());
    }

    @Test
    void hasTheStackThatDeepExpressionsNeed() throws Exception {
        process(1, "/bin/x", "x");

        ModuleResult result = run("{\"s\":{\"contents\":[\"((a?){100}){100}\",\"((a?){100}){100}b\"],"
                + "\"options\":{\"maxlength\":16}}}");

        assertEquals("[1, 0]", result.elements().get("s").findValues("pid").toString());
    }

    @Test
    void masksWhichProgramsRun() throws Exception {
        process(1, "/usr/sbin/secretd", "x");
        processes.add(2, "x").refuse("open /proc/2/secretd: no");

        ModuleResult result = module.mask(run("{\"s\":{\"names\":[\"etd\",\"nothing\"]}}"));

        assertFalse(MigJson.text(result).contains("secretd"), MigJson.text(result));
        assertEquals(
                "masked",
                result.elements().get("s").get(0).get("process").get("name").asText());
        assertEquals(
                "", result.elements().get("s").get(1).get("process").get("name").asText());
        assertEquals("[\"masked\"]", result.statistics().get("failures").toString());
    }

    @Test
    void saysThatASearchOfUnknownNamesFindsNothing() throws Exception {
        ModuleResult result = run("{\"s1\":{\"name\":[\"sshd\"],\"options\":{\"matchall\":true}},\"s2\":{}}");

        assertTrue(result.success());
        assertEquals(
                List.of("warning: search 's1' has no condition, it finds nothing (unknown: name)"), result.errors());
    }

    @Test
    void refusesACommandLineThatLooksForNothing() {
        assertEquals(
                "nothing is looked for: one of -name, -lib, -content, -bytes is needed",
                assertThrows(
                                InvalidParametersException.class,
                                () -> module.flags().orElseThrow().parse(List.of("-matchany")))
                        .getMessage());
    }

    @Test
    void readsAddressesAsTheyAreWrittenElsewhere() throws Exception {
        ModuleFlags flags = module.flags().orElseThrow();
        for (String flag : List.of("-offset", "-maxdepth")) {
            for (String address : List.of("0x7F00", "32512")) {
                assertEquals(
                        32512,
                        flags.parse(List.of("-name", "x", flag, address))
                                .at("/searches/s1/options/offset")
                                .asLong());
            }
        }
        for (String text : List.of("0x", "0xg", "-0x1", "7f00", "0x1234567890abc", "-1", "1.0", "1".repeat(20))) {
            assertEquals(
                    "-offset is '" + text + "', expected a whole number from 0 to 999999999999999",
                    assertThrows(
                                    InvalidParametersException.class,
                                    () -> flags.parse(List.of("-name", "x", "-offset", text)))
                            .getMessage());
        }
    }
}
