package ninja.mig.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import ninja.mig.json.MigJson;

/**
 * What the agents of a fleet say to a command. Called once for each command id, by several threads; it must not block.
 */
public interface Behaviour {
    /** Answers {@code success} at once, with one result for each operation. */
    Behaviour OBEDIENT = (agent, command) -> List.of(Result.now(answer(agent, command, "success")));

    /** Takes commands and never answers. */
    Behaviour SILENT = (agent, command) -> List.of();

    /** @return in any number; the command is acknowledged to the relay when the relay has confirmed the last of them */
    List<Result> answer(SimulatedAgent agent, JsonNode command);

    /** The command with this status and one result for each operation, as an honest agent returns it. */
    static byte[] answer(SimulatedAgent agent, JsonNode command, String status) {
        ObjectNode answer = ((ObjectNode) command.deepCopy()).put("status", status);
        ((ObjectNode) answer.get("agent")).put("queueloc", agent.queueLoc());
        ArrayNode results = answer.putArray("results");
        for (int i = 0; i < command.path("action").path("operations").size(); i++) {
            ObjectNode result = results.addObject().put("foundanything", true).put("success", true);
            result.putObject("elements")
                    .putArray("found")
                    .addObject()
                    .put("file", "/etc/passwd")
                    .put("size", 1337);
            result.putNull("statistics").putNull("errors");
        }
        return MigJson.bytes(answer);
    }
}
