package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import ninja.mig.json.MigJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lies around the searches of some modules. */
class ParametersTest {
    private static JsonNode searches(String json) throws Exception {
        return Parameters.searches(MigJson.tree(json));
    }

    @Test
    void comparesLabelsExactly() throws Exception {
        assertEquals(
                MigJson.tree("{\"a\":{},\"A\":{}}"),
                searches("{\"other\":{\"x\":1},\"Searches\":{\"a\":{},\"A\":{}}}"));
        assertEquals(MigJson.tree("{}"), searches("{\"searches\":null}"));
        assertEquals(MigJson.tree("{}"), searches("null"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'searches':{},'Searches':{}} | member 'searches' is there in two spellings",
                "{'x':1,'X':2,'searches':{}} | member 'x' is there in two spellings",
                "{'x':{'a':1,'A':2}} | member 'A' is there in two spellings",
                "{'x':'\\u0000'} | a text must not contain NUL",
                "{'searches':{'a\\u0000':{}}} | a label must not contain NUL",
                "{'searches':[]} | 'searches' must be an object of searches by label",
                "[] | expected an object"
            })
    void refusesWhatIsWrong(String json, String reason) {
        String message = assertThrows(InvalidParametersException.class, () -> searches(json.replace('\'', '"')))
                .getMessage();

        assertEquals("parameters: " + reason, message);
    }
}
