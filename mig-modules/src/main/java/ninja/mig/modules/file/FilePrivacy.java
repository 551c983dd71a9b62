package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ninja.mig.modules.Privacy;

/** Hides where a file is: its name, and the folder of a single check. */
final class FilePrivacy {
    private FilePrivacy() {}

    /** @param entry nothing but what says where a file is changes */
    static void hide(JsonNode entry) {
        if (!entry.isObject() || entry.path("file").asText("").isEmpty()) {
            return;
        }
        ((ObjectNode) entry).put("file", Privacy.MASKED);
        // The whole search of an investigator says nothing of this host; the folder of a single check does.
        if (entry.path("search") instanceof ObjectNode search
                && !search.path("options").path("matchall").asBoolean(false)) {
            search.putArray("paths").add(Privacy.MASKED);
        }
    }
}
