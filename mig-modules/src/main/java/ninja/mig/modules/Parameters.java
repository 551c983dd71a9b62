package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;

/** Binds parameters to a record, by the rules that all modules share: names in any case, wrong types refused, no NUL. */
public final class Parameters {
    private Parameters() {}

    /** @param parameters null or a JSON null stand for an empty object */
    public static <P> P bind(JsonNode parameters, Class<P> type) throws InvalidParametersException {
        JsonNode object = parameters == null || parameters.isNull() ? MigJson.toTree(java.util.Map.of()) : parameters;
        refuseNul(object);
        try {
            return MigJson.bind(object, type);
        } catch (MalformedJsonException e) {
            throw new InvalidParametersException("parameters: " + e.getMessage(), e);
        }
    }

    private static void refuseNul(JsonNode node) throws InvalidParametersException {
        if (node.isTextual() && node.textValue().indexOf('\0') >= 0) {
            throw new InvalidParametersException("parameters: a text must not contain NUL");
        }
        for (JsonNode child : node) {
            refuseNul(child);
        }
    }
}
