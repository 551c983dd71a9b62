package ninja.mig.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentEnvironment;
import ninja.mig.model.AgentStats;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;
import ninja.mig.model.ModuleMessage;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Times;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every document of MIG, exactly as the original encodes it. */
class GoldenDocumentsTest {
    private static final Map<String, Class<?>> TYPES = Map.of(
            "action", Action.class,
            "command", Command.class,
            "agent", Agent.class,
            "heartbeat", Agent.class,
            "environment", AgentEnvironment.class,
            "investigator", Investigator.class,
            "result", ModuleResult.class,
            "agentsstats", AgentStats.class,
            "message", ModuleMessage.class);

    record Golden(String name, String go14, String go119) {
        Class<?> type() {
            return TYPES.get(name.replaceFirst("-.*", ""));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Golden> documents() throws Exception {
        try (InputStream in = GoldenDocumentsTest.class.getResourceAsStream("/vectors/golden-json.json")) {
            List<Golden> all = new ArrayList<>();
            for (JsonNode d : MigJson.tree(in.readAllBytes()).get("documents")) {
                all.add(new Golden(
                        d.get("name").asText(),
                        d.get("go14").asText(),
                        d.get("go119").asText()));
            }
            return all.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void readsBothFormsAlike(Golden golden) throws Exception {
        assertEquals(MigJson.read(golden.go119(), golden.type()), MigJson.read(golden.go14(), golden.type()));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void writesWhatTheOriginalWrites(Golden golden) throws Exception {
        String written = MigJson.text(MigJson.read(golden.go119(), golden.type()));

        assertEquals(inOurForm(golden.go119()), written);
    }

    /**
     * The three differences of form: times are instants and so in UTC, the escapes of &lt; &gt; &amp; are not needed
     * outside the signed text, and an empty list is the same as none.
     */
    private static String inOurForm(String json) {
        String utc = Pattern.compile("\"(\\d{4}-\\d\\d-\\d\\dT[^\"]*)\"")
                .matcher(json)
                .replaceAll((MatchResult m) -> '"' + Times.format(Times.parse(m.group(1))) + '"');
        return utc.replace("\\u003c", "<")
                .replace("\\u003e", ">")
                .replace("\\u0026", "&")
                .replace("\"idleagentsbyversion\":[]", "\"idleagentsbyversion\":null");
    }
}
