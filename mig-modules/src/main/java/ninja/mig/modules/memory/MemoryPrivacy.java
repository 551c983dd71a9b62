package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import ninja.mig.model.ModuleResult;

/** Hides which programs run: the names of executables, and what failures and errors say. */
final class MemoryPrivacy {
    private static final String MASKED = "masked";

    private MemoryPrivacy() {}

    static ModuleResult mask(ModuleResult result) {
        for (JsonNode entries : result.elements()) {
            for (JsonNode entry : entries) {
                if (entry.path("process") instanceof ObjectNode process
                        && !process.path("name").asText("").isEmpty()) {
                    process.put("name", MASKED);
                }
            }
        }
        if (result.statistics().path("failures") instanceof ArrayNode failures) {
            for (int i = 0; i < failures.size(); i++) {
                failures.set(i, MASKED);
            }
        }
        List<String> errors = result.errors().stream().map(e -> MASKED).toList();
        return new ModuleResult(
                result.foundAnything(), result.success(), result.elements(), result.statistics(), errors);
    }
}
