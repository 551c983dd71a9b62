package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.QueueLoc;
import org.junit.jupiter.api.Test;

class ReceivedCommandTest {
    private static final QueueLoc SELF = new QueueLoc("linux", "host.example.net", "abcdefghijklm");

    @Test
    void findsItsMembersInAnyCase() throws Exception {
        ReceivedCommand received = read("{\"ID\":5,\"Action\":{\"Id\":7}}");

        assertEquals(5, received.id().value());
        assertEquals(7, received.actionId().value());
    }

    /** The dotless i and the long s become I and S in capitals: for Java's own comparison they are i and s. */
    @Test
    void takesNoOtherLetterForTheOnesInItsMembers() throws Exception {
        ReceivedCommand received = read(
                "{\"\u0131d\":9,\"id\":5,\"act\u0131on\":{\"id\":9},\"action\":{\"id\":7},\"\u017ftatus\":\"success\",\"re\u017fults\":[]}");

        assertEquals(5, received.id().value());
        assertEquals(7, received.actionId().value());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        received.refusal("no", SELF).writeTo(out);
        JsonNode answer = MigJson.tree(out.toByteArray());
        assertEquals("failed", answer.get("status").textValue());
        assertEquals("no", answer.get("results").get(0).get("errors").get(0).textValue());
    }

    @Test
    void countsValuesBeforeItReadsThem() throws Exception {
        int most = ReceivedCommand.MAX_VALUES;
        assertEquals(
                5,
                read("{\"id\":5,\"a\":[1" + ",1".repeat(most - 4) + "]}").id().value());

        MalformedJsonException e =
                assertThrows(MalformedJsonException.class, () -> read("{\"id\":5,\"a\":[1" + ",1".repeat(most) + "]}"));
        assertTrue(e.getMessage().contains("more than 100000 values"), e.getMessage());
    }

    @Test
    void countsNothingInStrings() throws Exception {
        String harmless = "\\\"" + ",[{".repeat(ReceivedCommand.MAX_VALUES) + "\\\\";

        assertEquals(5, read("{\"a\":\"" + harmless + "\",\"id\":5}").id().value());
    }

    private static ReceivedCommand read(String json) throws MalformedJsonException {
        return ReceivedCommand.read(json.getBytes(UTF_8));
    }
}
