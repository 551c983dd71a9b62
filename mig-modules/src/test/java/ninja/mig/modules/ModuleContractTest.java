package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every installed module must do, whoever wrote it. */
class ModuleContractTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<JsonNode> HOSTILE = hostileValues();

    static List<String> names() {
        return Modules.installed().names();
    }

    private static Module<?> module(String name) {
        return Modules.installed().byName(name).orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("names")
    void saysInOneLineWhatItDoes(String name) {
        String description = module(name).description();

        assertTrue(description.matches("[^\\p{Cntrl}]{10,100}(?<!\\.)"), description);
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesParametersThatAreNoObject(String name) {
        for (JsonNode parameters :
                List.of(JSON.arrayNode(), JSON.numberNode(7), JSON.textNode("{}"), JSON.booleanNode(true))) {
            assertThrows(InvalidParametersException.class, () -> module(name).bind(parameters));
        }
    }

    static Stream<Arguments> invalid() {
        return vectors("invalid");
    }

    static Stream<Arguments> cli() {
        return vectors("cli");
    }

    /** How many cases each folder has: one that is lost would be missed by nobody. */
    private static final Map<String, Long> VECTORS = Map.ofEntries(
            Map.entry("agentdestroy/invalid", 7L),
            Map.entry("agentdestroy/valid", 4L),
            Map.entry("example/invalid", 4L),
            Map.entry("example/valid", 4L),
            Map.entry("file/cli", 18L),
            Map.entry("file/invalid", 54L),
            Map.entry("file/valid", 71L),
            Map.entry("memory/cli", 4L),
            Map.entry("memory/invalid", 11L),
            Map.entry("memory/valid", 6L),
            Map.entry("memory/window", 7L),
            Map.entry("netstat/cli", 6L),
            Map.entry("netstat/invalid", 16L),
            Map.entry("netstat/valid", 17L),
            Map.entry("ping/cli", 4L),
            Map.entry("ping/invalid", 11L),
            Map.entry("ping/valid", 8L),
            Map.entry("pkg/cli", 4L),
            Map.entry("pkg/invalid", 8L),
            Map.entry("pkg/valid", 9L),
            Map.entry("scribe/invalid", 6L),
            Map.entry("scribe/valid", 4L),
            Map.entry("sshkey/invalid", 4L),
            Map.entry("sshkey/valid", 4L),
            Map.entry("timedrift/cli", 4L),
            Map.entry("timedrift/invalid", 6L),
            Map.entry("timedrift/ntp", 8L),
            Map.entry("timedrift/valid", 7L),
            Map.entry("upgrade/invalid", 10L),
            Map.entry("upgrade/valid", 4L));

    @Test
    void hasAllItsVectors() throws Exception {
        Path folder = Path.of(VectorCase.class.getResource("/vectors/modules").toURI());
        try (Stream<Path> files = Files.walk(folder, 3)) {
            assertEquals(
                    new TreeMap<>(VECTORS),
                    files.filter(file -> file.getNameCount() == folder.getNameCount() + 3
                                    && !file.getParent().endsWith("fixture"))
                            .collect(Collectors.groupingBy(
                                    file -> folder.relativize(file.getParent())
                                            .toString()
                                            .replace('\\', '/'),
                                    TreeMap::new,
                                    Collectors.counting())));
        }
    }

    /** Every vector of every module, behind the module's name. */
    private static Stream<Arguments> vectors(String kind) {
        return names().stream()
                .filter(name -> VectorCase.class.getResource("/vectors/modules/" + name + "/" + kind) != null)
                .flatMap(name -> VectorCase.of(name + "/" + kind).map(vector -> Arguments.of(name, vector)));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatTheVectorsSay(String name, VectorCase vector) throws Exception {
        String parameters = vector.parameters(Path.of("/"));
        if (vector.isRefusedByTheRun()) {
            module(name).bind(MigJson.tree(parameters)); // A test of the module runs it.
            return;
        }

        RejectedException e =
                assertThrows(RejectedException.class, () -> module(name).bind(MigJson.tree(parameters)));
        assertTrue(e.getMessage().length() > 10, e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("cli")
    void readsTheCommandLineAsTheVectorsSay(String name, VectorCase vector) throws Exception {
        ModuleFlags flags = module(name).flags().orElseThrow();
        if (vector.json().has("error")) {
            assertThrows(InvalidParametersException.class, () -> flags.parse(vector.words()));
        } else {
            assertEquals(vector.json().get("parameters"), MigJson.tree(MigJson.text(flags.parse(vector.words()))));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void bindsOrRefusesWhateverItGets(String name) {
        // A module that opened /dev/zero here would not come back.
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> hostileParameters(name).forEach(parameters -> bind(name, parameters)));
    }

    private static void bind(String name, JsonNode parameters) {
        try {
            module(name).bind(parameters);
        } catch (InvalidParametersException e) {
            assertTrue(e.getMessage().length() > 10, e.getMessage());
            assertTrue(
                    e.getMessage().length() < 2000,
                    () -> name + ": a message of " + e.getMessage().length() + " characters: "
                            + e.getMessage().substring(0, 200));
            assertFalse(
                    e.getMessage()
                            .matches(
                                    "(?s).*(\\bninja\\.mig|\\bjava\\.|\\bcom\\.fasterxml|Json[A-Z]|Cannot |Creator|START_"
                                            + "|[cC]oerc|[A-Za-z]\\$|`).*"),
                    e.getMessage());
        }
    }

    private static List<JsonNode> hostileParameters(String name) {
        List<JsonNode> all = new ArrayList<>(List.of(NullNode.getInstance(), JSON.objectNode()));
        all.add(null);
        Set<String> keys = new LinkedHashSet<>(module(name).keys());
        keys.addAll(List.of("searches", "options", "no such key"));
        // Some modules have their keys below labels, or names of platforms.
        boolean searches = refuses(name, with("searches", JSON.numberNode(7)));
        boolean platforms = refuses(name, with("linux/amd64", JSON.numberNode(7)));
        for (String key : keys) {
            for (JsonNode value : HOSTILE) {
                all.add(with(key, value));
                if (searches) {
                    all.add(with("searches.s." + key, value));
                }
                if (platforms) {
                    all.add(with("linux/amd64." + key, value));
                }
            }
        }
        return all;
    }

    private static boolean refuses(String name, JsonNode parameters) {
        try {
            module(name).bind(parameters);
            return false;
        } catch (InvalidParametersException e) {
            return true;
        }
    }

    private static ObjectNode with(String key, JsonNode value) {
        int dot = key.indexOf('.');
        ObjectNode object = JSON.objectNode();
        return dot < 0
                ? object.set(key, value)
                : object.set(key.substring(0, dot), with(key.substring(dot + 1), value));
    }

    private static List<JsonNode> hostileValues() {
        List<JsonNode> values = new ArrayList<>(List.of(
                NullNode.getInstance(),
                JSON.booleanNode(true),
                JSON.numberNode(7),
                JSON.numberNode(-1),
                JSON.numberNode(1.5),
                JSON.numberNode(1e300),
                JSON.numberNode(Long.MAX_VALUE),
                JSON.objectNode(),
                JSON.arrayNode().addNull(),
                JSON.arrayNode().add(7),
                JSON.arrayNode().add(JSON.arrayNode())));
        for (String text : List.of(
                "",
                "x",
                "\0",
                "\ud800",
                "\u001b[2J\n",
                "/dev/zero",
                "../../etc",
                "no-such-host.invalid",
                "'; DROP TABLE agents; --",
                "$(reboot)",
                "-n",
                "(".repeat(10_000),
                "a".repeat(51_000),
                "((a{500}){500}){500}",
                "9".repeat(400))) {
            values.add(JSON.textNode(text));
            values.add(JSON.arrayNode().add(text));
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("names")
    void printsAResultOfNothing(String name) {
        ModuleResult empty = module(name).emptyResult();

        assertFalse(empty.success());
        assertFalse(empty.foundAnything());
        assertFits(module(name).print(empty, true));
        assertFits(module(name).print(empty, false));
        assertFits(module(name).print(ModuleResult.EMPTY, false));
    }

    @ParameterizedTest
    @MethodSource("names")
    void printsAndMasksWhateverAgentsSend(String name) throws IOException {
        Random random = new Random(7);
        Set<String> words = new TreeSet<>(ModulePage.of(name).words());
        words.addAll(List.of("search", "options", "s", "\u001b[2J"));
        List<String> vocabulary = List.copyOf(words);
        for (int i = 0; i < 300; i++) {
            ModuleResult result = new ModuleResult(
                    random.nextBoolean(),
                    random.nextBoolean(),
                    json(random, vocabulary, 5),
                    json(random, vocabulary, 3),
                    random.nextBoolean() ? List.of("an error \u001b[2J\nof two lines \u202e") : null);
            assertFits(module(name).print(result, true));
            assertFits(module(name).print(result, false));
            assertFits(module(name).print(module(name).mask(result), false));
        }
    }

    /** Anything, of the words that the module uses itself. */
    private static JsonNode json(Random random, List<String> words, int depth) {
        String word = words.get(random.nextInt(words.size()));
        int kind = random.nextInt(depth > 0 ? 12 : 5);
        switch (kind) {
            case 0:
                return NullNode.getInstance();
            case 1:
                return JSON.booleanNode(random.nextBoolean());
            case 2:
                return JSON.numberNode(random.nextBoolean() ? random.nextInt(3) : random.nextGaussian() * 1e30);
            case 3:
                return JSON.textNode(random.nextBoolean() ? word : "5");
            case 4:
                return JSON.textNode(word + "\u001b[31m\r\n\u2028\ud800");
            case 5:
            case 6:
                ArrayNode array = JSON.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(json(random, words, depth - 1));
                }
                return array;
            default:
                ObjectNode object = JSON.objectNode();
                for (int i = random.nextInt(6); i > 0; i--) {
                    object.set(words.get(random.nextInt(words.size())), json(random, words, depth - 1));
                }
                return object;
        }
    }

    private static void assertFits(List<String> lines) {
        for (String line : lines) {
            assertEquals(Printable.line(line), line);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void explainsEveryFlag(String name) {
        if (module(name).flags().isEmpty()) {
            return;
        }
        ModuleFlags flags = module(name).flags().get();
        List<String> help = flags.help().lines().toList();

        assertTrue(help.get(0).length() > 10, help.get(0));
        for (String flag : flags.names()) {
            String shape = "  -\\Q" + flag + "\\E" + (flags.takesValue(flag) ? " <[^<>]+>" : "") + " +\\S.{4,}";
            assertEquals(1, help.stream().filter(line -> line.matches(shape)).count(), flag + " in " + help);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesWordsThatAreNoFlags(String name) {
        if (module(name).flags().isEmpty()) {
            return;
        }
        for (String word : List.of("help", "-", "--", "", "x", "-no-such-flag", "--=", "-\0", "=")) {
            assertThrows(
                    InvalidParametersException.class,
                    () -> module(name).flags().get().parse(List.of(word)),
                    word);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesEveryLineInItsDialog(String name) {
        if (module(name).dialog().isEmpty()) {
            return;
        }
        List<String> shown = talk(name, List.of("help", "s", "help", "", "x", "\u001b[2J", "-", "= ="));
        List<String> help = List.copyOf(shown);
        for (String each : module(name).dialog().get().names()) {
            List<String> lines = new ArrayList<>(List.of("s"));
            HOSTILE.stream().filter(JsonNode::isTextual).forEach(value -> lines.add(each + " " + value.textValue()));
            shown.addAll(talk(name, lines));
            assertTrue(help.stream().anyMatch(line -> line.matches("  \\Q" + each + "\\E .*")), each + " in " + help);
        }
        assertFits(shown);
    }

    private static List<String> talk(String name, List<String> lines) {
        ModuleDialog dialog = module(name).dialog().orElseThrow();
        List<String> shown = new ArrayList<>();
        for (String line : lines) {
            if (!dialog.isOver()) {
                assertTrue(dialog.prompt().endsWith("> "), dialog.prompt());
                shown.addAll(dialog.enter(line));
            }
        }
        return shown;
    }

    @ParameterizedTest
    @MethodSource("names")
    void canBeCancelledInItsDialog(String name) {
        if (module(name).dialog().isEmpty()) {
            return;
        }
        ModuleDialog dialog = module(name).dialog().get();

        dialog.enter("cancel");

        assertTrue(dialog.isOver());
        assertTrue(dialog.parameters().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("names")
    void liesInAPackageOfItsName(String name) {
        assertEquals(Optional.of(module(name).getClass()), Modules.alone(name).map(Object::getClass));
    }

    @Test
    void isFoundByItsWholeNameOnly() {
        assertTrue(Modules.alone("le").isEmpty());
        assertTrue(Modules.alone("modules").isEmpty());
        assertTrue(Modules.alone("").isEmpty());
    }

    @ParameterizedTest
    @MethodSource("names")
    void isDocumentedAsItIs(String name) throws IOException {
        assertTrue(Files.exists(ModulePage.file(name)), ModulePage.file(name) + " is missing");
        ModulePage page = ModulePage.of(name);
        Module<?> module = module(name);

        assertFalse(module.keys().isEmpty(), name + " does not tell its keys");
        assertEquals(new TreeSet<>(module.keys()), new TreeSet<>(page.keys()), "keys of " + name);
        assertEquals(
                module.flags().map(ModuleFlags::names).map(TreeSet::new).orElse(new TreeSet<>()),
                new TreeSet<>(page.flags()),
                "flags of " + name);
        assertEquals(
                module.dialog().map(ModuleDialog::names).map(TreeSet::new).orElse(new TreeSet<>()),
                new TreeSet<>(page.dialog()),
                "names in the dialog of " + name);
    }

    @Test
    void tellsTheKeysOfARecord() {
        record Inner(boolean deep) {}
        record Outer(String plain, List<String> list, Inner options) {}

        assertEquals(List.of("plain", "list", "options.deep"), Parameters.keys(Outer.class));
        assertEquals("{\"a\":{\"b\":1}}", MigJson.text(with("a.b", JSON.numberNode(1))));
    }
}
