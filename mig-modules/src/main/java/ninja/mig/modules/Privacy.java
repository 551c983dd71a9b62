package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.Consumer;
import ninja.mig.model.ModuleResult;

/** Hides what endpoints keep to themselves in results. */
public final class Privacy {
    /** Stands for each text that is hidden. */
    public static final String MASKED = "masked";

    private Privacy() {}

    /**
     * The result of searches: its errors hidden, its entries changed when somebody looks at them.
     *
     * @param hide changes one entry; results come from anybody, so it may be any value
     */
    public static ModuleResult mask(ModuleResult result, Consumer<JsonNode> hide) {
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> search : result.elements().properties()) {
            JsonNode entries = search.getValue();
            elements.set(search.getKey(), entries.isArray() ? masked(entries, hide) : entries);
        }
        return new ModuleResult(
                result.foundAnything(),
                result.success(),
                result.elements().isObject() ? elements : null,
                result.statistics(),
                result.errors().stream().map(e -> MASKED).toList());
    }

    private static JsonNode masked(JsonNode entries, Consumer<JsonNode> hide) {
        return LazyArray.of(entries.size(), i -> {
            JsonNode entry = entries.get(i);
            hide.accept(entry);
            return entry;
        });
    }
}
