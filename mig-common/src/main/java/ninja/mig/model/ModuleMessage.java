package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Map;
import java.util.Objects;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;

/** One line on a module's standard input: its parameters, or the request to stop. */
public record ModuleMessage(
        @JsonProperty("class") String messageClass,
        @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode parameters) {

    public static final String PARAMETERS = "parameters";
    public static final String STOP = "stop";

    public ModuleMessage {
        messageClass = Objects.requireNonNullElse(messageClass, "");
        parameters = parameters == null || parameters.isNull() ? null : parameters;
    }

    /** @throws MalformedJsonException if the line is no such message */
    public static ModuleMessage read(byte[] line) throws MalformedJsonException {
        JsonNode tree = MigJson.tree(line);
        if (!tree.isObject()) {
            throw new MalformedJsonException("expected a JSON object with the members class and parameters");
        }
        MigJson.checkSpellings(tree);
        JsonNode messageClass = NullNode.getInstance();
        JsonNode parameters = NullNode.getInstance();
        for (Map.Entry<String, JsonNode> member : tree.properties()) {
            if (member.getKey().equalsIgnoreCase("class")) {
                messageClass = member.getValue();
            } else if (member.getKey().equalsIgnoreCase("parameters")) {
                parameters = member.getValue();
            }
        }
        if (!messageClass.isTextual() && !messageClass.isNull()) {
            throw new MalformedJsonException("member 'class': expected a text");
        }
        return new ModuleMessage(messageClass.textValue(), parameters);
    }

    public static ModuleMessage parameters(JsonNode parameters) {
        return new ModuleMessage(PARAMETERS, parameters);
    }

    public static ModuleMessage stop() {
        return new ModuleMessage(STOP, null);
    }
}
