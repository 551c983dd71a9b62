package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import ninja.mig.model.ModuleResult;

/** Hides where files are: their names, the folders of single checks, and what errors say of both. */
final class FilePrivacy {
    private static final String MASKED = "masked";

    private FilePrivacy() {}

    static ModuleResult mask(ModuleResult result) {
        for (JsonNode entries : result.elements()) {
            for (JsonNode entry : entries) {
                if (entry instanceof ObjectNode
                        && !entry.path("file").asText("").isEmpty()) {
                    mask((ObjectNode) entry);
                }
            }
        }
        List<String> errors = result.errors().stream().map(e -> MASKED).toList();
        return new ModuleResult(
                result.foundAnything(), result.success(), result.elements(), result.statistics(), errors);
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
