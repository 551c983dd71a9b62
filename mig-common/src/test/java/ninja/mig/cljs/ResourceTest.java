package ninja.mig.cljs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.Test;

class ResourceTest {
    @Test
    void alwaysWritesTemplateAndError() {
        Resource resource = Resource.of(
                "http://localhost:12345/api/v1/heartbeat",
                List.of(new Item("/api/v1/heartbeat", new Data("heartbeat", "gatorz say hi"))));

        assertEquals(
                "{\"collection\":{\"version\":\"1.0\",\"href\":\"http://localhost:12345/api/v1/heartbeat\","
                        + "\"items\":[{\"href\":\"/api/v1/heartbeat\",\"data\":[{\"name\":\"heartbeat\","
                        + "\"value\":\"gatorz say hi\"}]}],\"template\":{},\"error\":{}}}",
                MigJson.text(new Envelope(resource)));
    }

    @Test
    void printsValuesThatAreZeroEmptyOrFalse() {
        Item item = new Item("h", new Data("a", 0), new Data("b", ""), new Data("c", false), new Data("d", null));

        assertEquals(
                "{\"href\":\"h\",\"data\":[{\"name\":\"a\",\"value\":0},{\"name\":\"b\",\"value\":\"\"},"
                        + "{\"name\":\"c\",\"value\":false},{\"name\":\"d\"}]}",
                MigJson.text(item));
    }

    @Test
    void readsBackWhatItWrote() throws Exception {
        Resource written = Resource.of("h", List.of(new Item("i", new Data("id", new MigId(7)))))
                .withLinks(List.of(new Link("next", "n", "more")))
                .withQueries(List.of(new Query("r", "q", "", "", List.of(new Data("actionid", "[0-9]{1,20}")))));

        Resource read = MigJson.read(MigJson.bytes(new Envelope(written)), Envelope.class)
                .collection();

        assertEquals(7, ((JsonNode) read.data("id").orElseThrow().value()).asLong());
        assertEquals(written.links(), read.links());
        assertEquals("q", read.queries().get(0).href());
    }

    @Test
    void namesTheRequestThatFailed() {
        String json = MigJson.text(Resource.failed("h", "28055024762911", "Action ID '12' not found"));

        assertTrue(
                json.endsWith("\"template\":{},\"error\":{\"code\":\"28055024762911\","
                        + "\"message\":\"Action ID '12' not found\"}}"),
                json);
    }
}
