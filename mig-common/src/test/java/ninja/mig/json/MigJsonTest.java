package ninja.mig.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{",
                "[]",
                "null",
                "\"text\"",
                "{\"name\":\"a\"} x",
                "{\"name\":\"a\"}{}",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"name\":\"a\",\"NAME\":\"b\"}",
                "{\"name\":1}",
                "{\"name\":true}",
                "{\"name\":{}}",
                "{\"id\":\"7\"}",
                "{\"id\":1.5}",
                "{\"id\":-1}",
                "{\"id\":1e400}",
                "{\"syntaxversion\":2.0}",
                "{\"syntaxversion\":\"2\"}",
                "{\"validfrom\":\"yesterday\"}",
                "{\"validfrom\":12}",
                "{\"validfrom\":{}}",
                "{\"status\":\"flying\"}",
                "{\"operations\":{}}",
                "{\"operations\":[3]}",
                "{\"operations\":[{\"module\":\"file\",\"parameters\":{\"a\":1,\"a\":2}}]}",
                "{\"operations\":[{\"module\":\"file\",\"Module\":\"netstat\"}]}",
                "{'name':'a'}",
                "{\"name\":\"a\",}",
                "{\"id\":NaN}"
            })
    void refusesWhatIsNoAction(String text) {
        MalformedJsonException e = assertThrows(MalformedJsonException.class, () -> MigJson.read(text, Action.class));

        assertTrue(e.getMessage().length() > 10 && e.getMessage().length() < 400, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":\"7\"}|member 'id': expected a whole number, found a text",
                "[]|expected a JSON object, found a list",
                "{\"name\":{}}|member 'name': expected a text, found an object",
                "{\"name\":7}|member 'name': expected a text, found the number 7",
                "{\"Name\":true}|member 'name': expected a text, found true",
                "{\"validfrom\":12}|member 'validfrom': expected a time, found the number 12",
                "{\"operations\":{}}|member 'operations': expected a list, found an object",
                "{\"operations\":[3]}|member 'operations[0]': expected an object, found the number 3",
                "{\"pgpsignatures\":[[]]}|member 'pgpsignatures[0]': expected a text, found a list",
                "{\"syntaxversion\":\"2\"}|member 'syntaxversion': expected a whole number, found a text",
                "{\"syntaxversion\":1e15}|member 'syntaxversion': expected a whole number, found",
                "{\"syntaxversion\":1000000000000}|member 'syntaxversion':",
                "{\"counters\":{\"sent\":\"7\"}}|member 'counters.sent': expected a whole number, found a text",
                "{\"counters\":{\"sent\":1.5}}|member 'counters.sent': expected a whole number, found the number 1.5",
                "{\"operations\":[{\"module\":7}]}|member 'operations[0].module'",
                "{\"validfrom\":\"yesterday\"}|'yesterday' is not a time",
                "{\"name\":\"a\",\"name\":\"b\"}|the name 'name' is given twice",
                "{\"name\":|line 1",
            })
    void namesTheMemberAndTheRule(String text, String expected) {
        MalformedJsonException e = assertThrows(MalformedJsonException.class, () -> MigJson.read(text, Action.class));

        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertFalse(
                e.getMessage().matches("(?s).*(java\\.|ninja\\.|Cannot|Creator|START_|Coercion|\\$|`|Source).*"),
                e.getMessage());
    }

    @Test
    void takesNoTimeToExplainALongText() {
        String dotted = "{\"validfrom\":\"" + "a.".repeat(1 << 20) + "\"}";

        MalformedJsonException e = assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThrows(MalformedJsonException.class, () -> MigJson.read(dotted, Action.class)));
        assertTrue(e.getMessage().length() < 1100, () -> e.getMessage().length() + " characters");
    }

    @Test
    void refusesDeepNesting() {
        String deep = "{\"operations\":" + "[".repeat(600) + "]".repeat(600) + "}";

        assertThrows(MalformedJsonException.class, () -> MigJson.read(deep, Action.class));
    }

    @Test
    void refusesLongNumbers() {
        String number = "{\"id\":" + "1".repeat(401) + "}";

        assertThrows(MalformedJsonException.class, () -> MigJson.read(number, Action.class));
    }

    @Test
    void keepsMembersOfTheEnvironmentThatItDoesNotKnow() throws Exception {
        String heartbeat = "{\"name\":\"h\",\"queueloc\":\"q\",\"environment\":{\"os\":\"linux\",\"isproxied\":false,"
                + "\"aws\":{\"instanceid\":\"i-1\"}},\"tags\":{\"Operator\":\"IT\",\"operator\":\"x\"}}";

        String written = MigJson.text(MigJson.read(heartbeat, Agent.class));

        assertTrue(written.contains("\"aws\":{\"instanceid\":\"i-1\"}"), written);
        assertTrue(written.contains("\"tags\":{\"Operator\":\"IT\",\"operator\":\"x\"}"), written);
    }

    @Test
    void readsNullAsAbsent() throws Exception {
        Command command =
                MigJson.read("{\"id\":null,\"action\":null,\"results\":[null],\"status\":null}", Command.class);

        assertEquals(1, command.results().size());
        assertTrue(command.id().isNone());
    }

    @Test
    void keepsNumbersOfParametersAsDoubles() throws Exception {
        Operation operation = MigJson.read(
                "{\"module\":\"m\",\"parameters\":[-0,-0.0,3.0,9007199254740993,1e21,1E-7,123456789]}",
                Operation.class);

        assertEquals(
                "{\"module\":\"m\",\"parameters\":[-0,-0,3,9007199254740992,1e+21,1e-7,123456789]}",
                MigJson.text(operation));
    }

    @Test
    void replacesInvalidUtf8ByteByByte() throws Exception {
        byte[] bytes = "{\"name\":\"a??b\"}".getBytes(StandardCharsets.ISO_8859_1);
        bytes[10] = (byte) 0xE2;
        bytes[11] = (byte) 0x82;

        assertEquals("a\uFFFD\uFFFDb", MigJson.read(bytes, Action.class).name());
    }

    @Test
    void answersAnyBytesWithADocumentOrARefusal() {
        Random random = new Random(7);
        byte[] good =
                ("{\"id\":4.690123456789e+12,\"name\":\"n\",\"target\":\"t\",\"validfrom\":\"2015-07-31T20:00:00Z\","
                                + "\"operations\":[{\"module\":\"file\",\"parameters\":{\"a\":[1,2,{\"b\":null}]}}],\"status\":\"sent\"}")
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                MigJson.text(MigJson.read(bytes, Action.class));
            } catch (MalformedJsonException e) {
                assertTrue(e.getMessage() != null);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "\"text with \\\" and \\u0000 and \u00e9 and \ud83d\ude00\"",
                "{\"a\":[1,-7,1.5,1e300,-0.0,true,false,null,[{}],{\"b\":[]}],\"\":\"\"}"
            })
    void writesTreesAsItWritesDocuments(String text) throws Exception {
        JsonNode tree = MigJson.tree(text);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        MigJson.writeTree(out, tree);

        assertArrayEquals(MigJson.bytes(tree), out.toByteArray());
        assertEquals(tree, MigJson.tree(out.toByteArray()));
    }

    @Test
    void writesTheTreeOfAResultAsTheResult() throws Exception {
        for (ModuleResult result : List.of(
                ModuleResult.EMPTY,
                ModuleResult.failed("some reason"),
                new ModuleResult(
                        true, true, MigJson.tree("{\"s\":[1.25]}"), MigJson.tree("{}"), List.of("one", "two")))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            MigJson.writeTree(out, result.toTree());

            assertArrayEquals(MigJson.bytes(result), out.toByteArray());
        }
    }
}
