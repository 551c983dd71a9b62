package ninja.mig.modules;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.MigId;

/** Binds parameters to a record, by the rules that all modules share: names in any case, wrong types refused, no NUL. */
public final class Parameters {
    private Parameters() {}

    /** @param parameters null or a JSON null stand for an empty object */
    public static <P> P bind(JsonNode parameters, Class<P> type) throws InvalidParametersException {
        try {
            return MigJson.bind(object(parameters), type);
        } catch (MalformedJsonException e) {
            throw new InvalidParametersException("parameters: " + e.getMessage(), e);
        }
    }

    /** The same rules, for who asks for each member. @param parameters null or a JSON null stand for an empty object */
    public static Members members(JsonNode parameters) throws InvalidParametersException {
        JsonNode object = object(parameters);
        try {
            MigJson.checkSpellings(object);
        } catch (MalformedJsonException e) {
            throw new InvalidParametersException("parameters: " + e.getMessage(), e);
        }
        return new Members("parameters", "", object);
    }

    private static JsonNode object(JsonNode parameters) throws InvalidParametersException {
        return parameters == null || parameters.isNull() ? JsonNodeFactory.instance.objectNode() : checked(parameters);
    }

    /**
     * The names of the members that a record holds, in its order and, if it does not say another one, in lower case; those of
     * a record in it behind its name and a dot.
     */
    public static List<String> keys(Class<? extends Record> type) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
            String name = property == null ? component.getName().toLowerCase(Locale.ROOT) : property.value();
            if (component.getType().isRecord()) {
                keys(component.getType().asSubclass(Record.class)).forEach(key -> keys.add(name + "." + key));
            } else {
                keys.add(name);
            }
        }
        return keys;
    }

    /**
     * The searches by label. Labels are data: they are compared exactly, unlike the names of members. What is
     * beside them has no meaning, and keeps the same rules.
     *
     * @param parameters an object with a member {@code searches}; without it, or without parameters, there is none
     */
    public static JsonNode searches(JsonNode parameters) throws InvalidParametersException {
        if (parameters == null || parameters.isNull()) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (!parameters.isObject()) {
            throw new InvalidParametersException("parameters: expected an object");
        }
        JsonNode found = JsonNodeFactory.instance.nullNode();
        Set<String> seen = new HashSet<>();
        for (Map.Entry<String, JsonNode> member : parameters.properties()) {
            String name = member.getKey().toLowerCase(Locale.ROOT);
            if (!seen.add(name)) {
                throw new InvalidParametersException("parameters: member '" + name + "' is there in two spellings");
            }
            if (name.equals("searches")) {
                found = member.getValue();
            } else {
                members(JsonNodeFactory.instance.objectNode().set(name, member.getValue()));
            }
        }
        if (found.isNull()) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (!found.isObject()) {
            throw new InvalidParametersException("parameters: 'searches' must be an object of searches by label");
        }
        for (Map.Entry<String, JsonNode> search : found.properties()) {
            if (search.getKey().indexOf('\0') >= 0) {
                throw new InvalidParametersException("parameters: a label must not contain NUL");
            }
        }
        return found;
    }

    /** A copy in which whole numbers are integers, however they are written: 3.0 and 3e0 are 3. */
    private static JsonNode checked(JsonNode node) throws InvalidParametersException {
        if (node.isTextual()) {
            if (node.textValue().indexOf('\0') >= 0) {
                throw new InvalidParametersException("parameters: a text must not contain NUL");
            }
        } else if (node.isDouble()) {
            double value = node.doubleValue();
            return Math.rint(value) == value && Math.abs(value) <= MigId.MAX
                    ? JsonNodeFactory.instance.numberNode((long) value)
                    : node;
        } else if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode(node.size());
            for (JsonNode element : node) {
                if (element.isNull()) {
                    throw new InvalidParametersException("parameters: an element of a list must not be null");
                }
                array.add(checked(element));
            }
            return array;
        } else if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                object.set(member.getKey(), checked(member.getValue()));
            }
            return object;
        }
        return node;
    }
}
