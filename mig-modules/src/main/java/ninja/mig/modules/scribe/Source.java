package ninja.mig.modules.scribe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Where the values of an object come from. */
interface Source {
    /** The searches of module {@code file} that it needs, by label. */
    default Map<String, JsonNode> searches() {
        return Map.of();
    }

    /** Whether it needs to know which packages are installed. */
    default boolean needsPackages() {
        return false;
    }

    /** Takes its values out of what was found. */
    void collect(Facts facts, Values values);
}
