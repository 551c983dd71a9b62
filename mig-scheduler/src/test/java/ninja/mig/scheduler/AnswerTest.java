package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
    private static final String GOOD = """
            {"id":8,"action":{"id":7,"name":"a","status":"whatever","operations":null},
             "agent":{"name":"web1","queueloc":"linux.web1.x1","heartbeatts":"2015-08-01T12:00:00Z"},
             "status":"success","results":[{"foundanything":true,"success":true,"elements":{"a":1},"statistics":null,
             "errors":null}],"starttime":"2015-08-01T12:00:00Z","finishtime":"0001-01-01T00:00:00Z"}
            """;

    private static Answer parse(String text) throws RejectedException {
        return Answer.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsWhatIdentifiesTheCommandAndWhatTheAgentFound() throws Exception {
        Answer answer = parse(GOOD);

        assertEquals(new MigId(8), answer.command());
        assertEquals(new MigId(7), answer.action());
        assertEquals("linux.web1.x1", answer.queueLoc().toString());
        assertEquals(CommandStatus.SUCCESS, answer.status());
        assertTrue(answer.results().get(0).foundAnything());
    }

    @Test
    void readsIdsOfTheOriginal() throws Exception {
        Answer answer = parse(GOOD.replace("\"id\":8", "\"id\":4.690123456789e+12"));

        assertEquals(new MigId(4690123456789L), answer.command());
    }

    @Test
    void believesNothingElse() throws Exception {
        Command command = parse(GOOD).toCommand();

        assertEquals("", command.action().name());
        assertEquals("", command.agent().name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sent", "expired", "owned", "SUCCESS", "success "})
    void aStatusThatNoAgentHasIsAFailure(String status) throws Exception {
        Answer answer = parse(GOOD.replace("\"success\",", "\"" + status + "\","));

        assertEquals(CommandStatus.FAILED, answer.status());
        assertEquals(
                List.of("the agent returned the status '" + status + "', which no agent has"),
                answer.results().get(0).errors());
        assertTrue(answer.results().get(0).foundAnything(), "what it found is kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "timeout", "cancelled"})
    void takesTheOtherStates(String status) throws Exception {
        assertEquals(
                status,
                parse(GOOD.replace("\"success\",", "\"" + status + "\","))
                        .status()
                        .word());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[1,2,3,4,5,6,7]",
                "\"aaaaaaaaaaaaaaaa\"",
                "{\"id\":8,\"action\":",
                "{\"id\":8,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"results\":[]}",
                "{\"id\":8,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"\",\"results\":[]}",
                "{\"id\":8,\"action\":{\"id\":7},\"agent\":{},\"status\":\"success\",\"results\":[]}",
                "{\"id\":8,\"action\":{\"id\":7},\"agent\":null,\"status\":\"success\",\"results\":[]}",
                "{\"id\":8,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.#\"},\"status\":\"success\"}",
                "{\"id\":8,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"freebsd.a.b\"},\"status\":\"success\"}",
                "{\"id\":8,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"../etc\"},\"status\":\"success\"}",
                "{\"id\":8,\"action\":{},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"success\"}",
                "{\"id\":8,\"action\":null,\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"success\"}",
                "{\"id\":0,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"success\"}",
                "{\"id\":-8,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"success\"}",
                "{\"id\":1e400,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"success\"}",
                "{\"id\":\"8\",\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"success\"}",
                "{\"id\":8,\"id\":9,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"success\"}",
                "{\"id\":8,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"success\",\"results\":7}"
            })
    void refusesWhatIsNoAnswer(String text) {
        assertThrows(RejectedException.class, () -> parse(text));
    }

    @Test
    void refusesDeepNesting() {
        String deep = GOOD.replace("{\"a\":1}", "[".repeat(600) + "]".repeat(600));

        assertThrows(RejectedException.class, () -> parse(deep));
    }

    @Test
    void refusesBytesThatAreNoText() {
        byte[] bytes = new byte[64];
        bytes[0] = '{';
        bytes[63] = '}';

        assertThrows(RejectedException.class, () -> Answer.parse(bytes));
    }

    @Test
    void missingResultsAreEmpty() throws Exception {
        assertEquals(
                List.of(),
                parse("{\"id\":8,\"action\":{\"id\":7},\"agent\":{\"queueloc\":\"linux.a.b\"},\"status\":\"failed\"}")
                        .results());
    }
}
