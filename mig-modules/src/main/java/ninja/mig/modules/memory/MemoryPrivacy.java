package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.LazyArray;

/** Hides which programs run: the names of executables, and what failures and errors say. */
final class MemoryPrivacy {
    private static final String MASKED = "masked";

    private MemoryPrivacy() {}

    static ModuleResult mask(ModuleResult result) {
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> search : result.elements().properties()) {
            JsonNode entries = search.getValue();
            elements.set(
                    search.getKey(),
                    entries.isArray() ? LazyArray.of(entries.size(), i -> masked(entries.get(i))) : entries);
        }
        if (result.statistics().path("failures") instanceof ArrayNode failures) {
            for (int i = 0; i < failures.size(); i++) {
                failures.set(i, MASKED);
            }
        }
        List<String> errors = result.errors().stream().map(e -> MASKED).toList();
        return new ModuleResult(
                result.foundAnything(),
                result.success(),
                result.elements().isObject() ? elements : null,
                result.statistics(),
                errors);
    }

    private static JsonNode masked(JsonNode entry) {
        if (entry.path("process") instanceof ObjectNode process
                && !process.path("name").asText("").isEmpty()) {
            process.put("name", MASKED);
        }
        return entry;
    }
}
