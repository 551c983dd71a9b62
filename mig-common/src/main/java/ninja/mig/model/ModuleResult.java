package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;

/**
 * What a module found.
 *
 * @param foundAnything the module was asked to look for something and found at least one
 * @param success the run finished; says nothing about findings
 * @param elements the findings, in the module's own layout
 * @param statistics how the run went, in the module's own layout
 */
public record ModuleResult(
        @JsonProperty("foundanything") boolean foundAnything,
        boolean success,
        JsonNode elements,
        JsonNode statistics,
        List<String> errors) {

    /** The place of an operation that has not answered. */
    public static final ModuleResult EMPTY = new ModuleResult(false, false, null, null, null);

    public ModuleResult {
        elements = Objects.requireNonNullElse(elements, NullNode.getInstance());
        statistics = Objects.requireNonNullElse(statistics, NullNode.getInstance());
        errors = errors == null
                ? List.of()
                : errors.stream().map(String::valueOf).toList();
    }

    /** The document as a tree, without a copy of elements and statistics. */
    public ObjectNode toTree() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("foundanything", foundAnything).put("success", success);
        tree.set("elements", elements);
        tree.set("statistics", statistics);
        if (errors.isEmpty()) {
            tree.putNull("errors");
        } else {
            ArrayNode texts = tree.putArray("errors");
            errors.forEach(texts::add);
        }
        return tree;
    }

    /** A run that gave nothing but a reason. */
    public static ModuleResult failed(String reason) {
        return new ModuleResult(false, false, null, null, List.of(reason));
    }
}
