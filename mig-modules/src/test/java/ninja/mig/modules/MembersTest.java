package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MembersTest {
    private static Members members(String json) throws InvalidParametersException, MalformedJsonException {
        return Parameters.members(MigJson.tree(json));
    }

    @Test
    void takesNamesInAnyCase() throws Exception {
        Members members =
                members("{\"Text\":\"a\",\"TEXTS\":[\"b\",\"c\"],\"count\":3.0,\"flaG\":true,\"o\":{\"In\":\"d\"}}");

        assertEquals("a", members.text("text"));
        assertEquals(List.of("b", "c"), members.texts("texts"));
        assertEquals(Map.of("texts", List.of("b", "c"), "none", List.of()), members.lists(List.of("texts", "none")));
        assertEquals("[\"b\",\"c\"]", members.tree("texts").toString());
        assertTrue(members.tree("none").isNull());
        assertEquals(3, members.count("Count"));
        assertTrue(members.flag("flag"));
        assertEquals("d", members.object("o").text("in"));
    }

    @Test
    void takesWhatIsMissingOrNullAsNothing() throws Exception {
        for (Members members : List.of(
                members("{}"),
                members("null"),
                members("{\"text\":null,\"texts\":null,\"count\":null,\"flag\":null,\"o\":null}"))) {
            assertEquals("", members.text("text"));
            assertEquals(List.of(), members.texts("texts"));
            assertEquals(0, members.count("count"));
            assertFalse(members.flag("flag"));
            assertEquals("", members.object("o").text("in"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"text\":1} | member 'text': expected a text, found the number 1",
                "{\"text\":[]} | member 'text': expected a text, found a list",
                "{\"texts\":\"a\"} | member 'texts': expected a list of texts, found a text",
                "{\"texts\":[true]} | member 'texts': expected a list of texts, found true",
                "{\"texts\":[null]} | an element of a list must not be null",
                "{\"count\":1.5} | member 'count': expected a whole number, found the number 1.5",
                "{\"count\":\"1\"} | member 'count': expected a whole number, found a text",
                "{\"count\":1e300} | member 'count': expected a whole number, found the number 1e+300",
                "{\"flag\":0} | member 'flag': expected true or false, found the number 0",
                "{\"flag\":\"true\"} | member 'flag': expected true or false, found a text",
                "{\"o\":7} | member 'o': expected an object, found the number 7",
                "{\"o\":{\"in\":7}} | member 'o.in': expected a text, found the number 7",
                "{\"o\":{\"in\":\"a\",\"IN\":\"b\"}} | member 'IN' is there in two spellings",
                "{\"other\":\"a\\u0000b\"} | a text must not contain NUL",
                "[] | expected an object, found a list",
            })
    void refusesWhatIsWrong(String json, String reason) {
        InvalidParametersException refused = assertThrows(InvalidParametersException.class, () -> {
            Members members = members(json);
            members.text("text");
            members.texts("texts");
            members.count("count");
            members.flag("flag");
            members.object("o").text("in");
        });

        assertEquals("parameters: " + reason, refused.getMessage());
    }
}
