package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Map;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleMessage;

/** Reads lines on a module's standard input from their tree: to bind them to a class takes longer than many runs. */
final class ModuleLine {
    private ModuleLine() {}

    /** @throws MalformedJsonException if the line is no such message */
    static ModuleMessage read(byte[] line) throws MalformedJsonException {
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
}
