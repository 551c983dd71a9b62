package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.RelayException;
import org.junit.jupiter.api.Test;

class ComplianceItemsTest {
    private static final String COMMAND = "command.json";

    private final FakeMozDef mozdef = new FakeMozDef();
    private final ComplianceItems items = new ComplianceItems(
            mozdef.mozdef(),
            new Owners(Optional.empty()),
            "https://api.example.net/api/v1",
            Golden.SENDER,
            Golden.CLOCK);

    private void handle(String command) throws Exception {
        items.handle(command.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void makesOneItemForEachSearchAndFile() throws Exception {
        items.handle(Golden.bytes(COMMAND));

        assertEquals(List.of(Golden.text("compliance-items.json").split("\n")), mozdef.events());
    }

    @Test
    void takesTheFamilyInAnyCase() throws Exception {
        handle(Golden.text(COMMAND).replace("\"compliance\"", "\"Compliance\""));

        assertEquals(3, mozdef.events().size());
    }

    @Test
    void ignoresOtherFamilies() throws Exception {
        handle(Golden.text(COMMAND).replace("\"compliance\"", "\"malware\""));
        handle(Golden.text(COMMAND).replace("\"compliance\"", "\"\""));
        handle("{}");

        assertEquals(List.of(), mozdef.events());
    }

    @Test
    void ignoresOtherModules() throws Exception {
        handle(Golden.text(COMMAND).replace("\"module\": \"file\"", "\"module\": \"scribe\""));

        assertEquals(List.of(), mozdef.events());
    }

    /** What was not found before the end may be there. */
    @Test
    void provesNothingByASearchThatWasCutShort() throws Exception {
        handle(Golden.text(COMMAND).replace("\"success\": true", "\"success\": false"));

        assertEquals(List.of(), mozdef.events());
    }

    @Test
    void takesCommandsWithoutResults() throws Exception {
        handle("{\"id\": 1, \"action\": {\"threat\": {\"family\": \"compliance\"}}, \"agent\": {\"name\": \"h\"}}");
        handle("""
                {"id": 1, "action": {"threat": {"family": "compliance"}, "operations": [{"module": "file"}]},
                 "agent": {"name": "h"},
                 "results": [null, {"success": true, "elements": {"a": null}}, {"elements": "x"}]}
                """);

        assertEquals(List.of(), mozdef.events());
    }

    @Test
    void refusesWhatIsNoCommand() {
        for (String event : List.of(
                "",
                "nonsense",
                "[]",
                "{\"id\": \"x\"}",
                "{\"action\": {\"operations\": [null], \"threat\": {\"family\": \"compliance\"}}}",
                "{\"action\": {\"threat\": {\"family\": \"compliance\"}}}",
                "{\"id\": 1, \"action\": {\"threat\": {\"family\": \"compliance\"}}, \"agent\": {\"name\": \"\"}}",
                "{\"status\": \"dancing\"}",
                "{\"results\": {}}")) {
            assertThrows(RejectedException.class, () -> handle(event), event);
        }
        assertEquals(List.of(), mozdef.events());
    }

    @Test
    void keepsTheEventWhenMozDefDoesNotTakeAllItems() {
        mozdef.answers(FakeMozDef.Answer.NO_QUEUE);

        assertThrows(RelayException.class, () -> items.handle(Golden.bytes(COMMAND)));
    }

    @Test
    void carriesManyFindings() throws Exception {
        String one = "{\"file\": \"/x\", \"search\": {\"paths\": [\"/\"], \"names\": [\"x\"]}}";
        String many = String.join(",", Collections.nCopies(1201, one));
        handle("{\"id\": 1, \"action\": {\"threat\": {\"family\": \"compliance\"}, \"operations\": [{\"module\":"
                + " \"file\"}]}, \"agent\": {\"name\": \"h\"}, \"results\": [{\"success\": true, \"elements\": {\"a\": ["
                + many + "]}}]}");

        assertEquals(1201, mozdef.events().size());
        assertTrue(mozdef.events().get(1200).contains("\"h passes compliance with \""));
    }
}
