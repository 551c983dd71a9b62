package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.LazyArray;

/** Hides where files are: their names, the folders of single checks, and what errors say of both. */
final class FilePrivacy {
    private static final String MASKED = "masked";

    private FilePrivacy() {}

    static ModuleResult mask(ModuleResult result) {
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> search : result.elements().properties()) {
            JsonNode entries = search.getValue();
            elements.set(
                    search.getKey(),
                    entries.isArray() ? LazyArray.of(entries.size(), i -> masked(entries.get(i))) : entries);
        }
        List<String> errors = result.errors().stream().map(e -> MASKED).toList();
        return new ModuleResult(
                result.foundAnything(),
                result.success(),
                result.elements().isObject() ? elements : null,
                result.statistics(),
                errors);
    }

    /** As others shall see it; nothing but what says where a file is changes. */
    private static JsonNode masked(JsonNode entry) {
        if (entry.isObject() && !entry.path("file").asText("").isEmpty()) {
            mask((ObjectNode) entry);
        }
        return entry;
    }

    private static void mask(ObjectNode entry) {
        entry.put("file", MASKED);
        JsonNode search = entry.path("search");
        // The whole search of an investigator says nothing of this host; the folder of a single check does.
        if (search instanceof ObjectNode
                && !search.path("options").path("matchall").asBoolean(false)) {
            ((ObjectNode) search).putArray("paths").add(MASKED);
        }
    }
}
