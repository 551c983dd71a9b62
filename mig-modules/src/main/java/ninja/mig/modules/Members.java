package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import ninja.mig.json.MigJson;
import ninja.mig.model.MigId;

/**
 * The members of an object of parameters, by the rules that all modules share. The same as {@link Parameters#bind}, for
 * modules that cannot wait for a library to look at their records: it takes longer than many searches.
 */
public final class Members {
    private final String of;
    private final String path;
    private final Map<String, JsonNode> byName = new HashMap<>();

    /**
     * @param of what it is, for refusals
     * @param path what stands before the names of members there
     */
    Members(String of, String path, JsonNode object) throws InvalidParametersException {
        if (!object.isObject()) {
            throw new InvalidParametersException(
                    of + ": " + (path.isEmpty() ? "" : "member '" + path.substring(0, path.length() - 1) + "': ")
                            + "expected an object, found " + MigJson.kind(object));
        }
        this.of = of;
        this.path = path;
        object.properties().forEach(member -> byName.put(lower(member.getKey()), member.getValue()));
    }

    /** Whatever it is; a JSON null if it is missing. */
    public JsonNode tree(String name) {
        return byName.getOrDefault(lower(name), JsonNodeFactory.instance.nullNode());
    }

    /** Empty if it is missing or null. */
    public String text(String name) throws InvalidParametersException {
        JsonNode value = tree(name);
        if (!value.isTextual() && !value.isNull()) {
            throw wrong(name, "a text", value);
        }
        return value.asText("");
    }

    /** In the order given; none if it is missing or null. */
    public List<String> texts(String name) throws InvalidParametersException {
        JsonNode value = tree(name);
        if (value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(name, "a list of texts", value);
        }
        List<String> texts = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                throw wrong(name, "a list of texts", element);
            }
            texts.add(element.textValue());
        }
        return List.copyOf(texts);
    }

    /** The texts of each of these names, in their order. */
    public Map<String, List<String>> lists(List<String> names) throws InvalidParametersException {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        for (String name : names) {
            lists.put(name, texts(name));
        }
        return Collections.unmodifiableMap(lists);
    }

    /** The names of all members but these, in lower case and ascending order. */
    public List<String> others(Collection<String> names) {
        return byName.keySet().stream()
                .filter(name -> !names.contains(name))
                .sorted()
                .toList();
    }

    /** A whole number, however it is written; 0 if it is missing or null. */
    public long count(String name) throws InvalidParametersException {
        JsonNode value = tree(name);
        if (value.isNull()) {
            return 0;
        }
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (number != Math.rint(number) || Math.abs(number) > MigId.MAX) {
            throw wrong(name, "a whole number", value);
        }
        return (long) number;
    }

    /** Whether it is true; not if it is missing or null. */
    public boolean flag(String name) throws InvalidParametersException {
        JsonNode value = tree(name);
        if (!value.isBoolean() && !value.isNull()) {
            throw wrong(name, "true or false", value);
        }
        return value.asBoolean(false);
    }

    /** Without any member if it is missing or null. */
    public Members object(String name) throws InvalidParametersException {
        JsonNode value = tree(name);
        return new Members(of, path + name + ".", value.isNull() ? JsonNodeFactory.instance.objectNode() : value);
    }

    private InvalidParametersException wrong(String name, String expected, JsonNode found) {
        return new InvalidParametersException(
                of + ": member '" + path + name + "': expected " + expected + ", found " + MigJson.kind(found));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
