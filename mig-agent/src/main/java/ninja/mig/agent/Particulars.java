package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ninja.mig.json.MigJson;

/** What the parameters of an operation ask for, in a few words, however long they are. */
final class Particulars {
    private static final int MAX_NAMED = 5;

    /** Members of a search that say where and how, not what is looked for. */
    private static final Set<String> AROUND = Set.of("paths", "options", "description");

    private Particulars() {}

    /**
     * @param keys those that the module knows
     * @return empty if they ask for nothing in particular
     */
    static String of(JsonNode parameters, List<String> keys) {
        return parameters.properties().stream()
                .map(member -> member(member, keys))
                .collect(Collectors.joining("; "));
    }

    private static String member(Map.Entry<String, JsonNode> member, List<String> keys) {
        String name = member.getKey();
        JsonNode value = member.getValue();
        if (value.isObject() && name.equalsIgnoreCase("searches")) {
            return searches(value, keys);
        }
        if (value.isObject()) {
            return name + " with " + String.join(", ", names(value));
        }
        return name + " " + (value.isArray() ? list(elements(value)) : MigJson.text(value));
    }

    private static String searches(JsonNode searches, List<String> keys) {
        Set<String> wanted = new TreeSet<>();
        Set<String> ignored = new TreeSet<>();
        Set<String> paths = new LinkedHashSet<>();
        for (Map.Entry<String, JsonNode> search : searches.properties()) {
            for (Map.Entry<String, JsonNode> member : search.getValue().properties()) {
                String name = member.getKey().toLowerCase(Locale.ROOT);
                if (name.equals("paths")) {
                    paths.addAll(elements(member.getValue()));
                } else if (!AROUND.contains(name)) {
                    (keys.contains(name) ? wanted : ignored).add(name);
                }
            }
        }
        return searches.size()
                + (searches.size() == 1 ? " search" : " searches")
                + (wanted.isEmpty() ? "" : " by " + String.join(", ", wanted))
                + (paths.isEmpty() ? "" : " in " + list(List.copyOf(paths)))
                + (ignored.isEmpty() ? "" : "; ignored: " + String.join(", ", ignored));
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static List<String> elements(JsonNode array) {
        List<String> elements = new ArrayList<>();
        array.forEach(element -> elements.add(MigJson.text(element)));
        return elements;
    }

    private static String list(List<String> elements) {
        String named = elements.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
        int others = elements.size() - MAX_NAMED;
        return others > 0 ? named + " and " + others + " others" : named;
    }
}
