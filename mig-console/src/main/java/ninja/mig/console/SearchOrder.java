package ninja.mig.console;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ninja.mig.client.MigClient;

/** Turns {@code name=web* and status=online} into a query of the API. */
final class SearchOrder {
    private static final Set<String> TYPES = Set.of("action", "agent", "command", "investigator");
    private static final Set<String> KEYS = Set.of(
            "agentname",
            "actionname",
            "investigatorname",
            "agentid",
            "actionid",
            "commandid",
            "investigatorid",
            "status",
            "foundanything",
            "threatfamily",
            "after",
            "before",
            "limit",
            "offset");

    private SearchOrder() {}

    /** @throws IllegalArgumentException if the words are no conditions */
    static String query(String type, List<String> words) {
        if (!TYPES.contains(type)) {
            throw new IllegalArgumentException("there is nothing of type '" + type + "': use one of " + sorted(TYPES));
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("type", type);
        boolean condition = true;
        for (String word : words) {
            if (condition) {
                add(parameters, type, word);
            } else if (!word.equals("and")) {
                throw new IllegalArgumentException(
                        "'" + word + "' between two conditions: every condition must hold, so write 'and'");
            }
            condition = !condition;
        }
        if (condition) {
            throw new IllegalArgumentException("a condition is missing at the end");
        }
        return MigClient.query(parameters);
    }

    private static void add(Map<String, String> parameters, String type, String word) {
        int equals = word.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("'" + word + "' is not <key>=<value>");
        }
        String key = word.substring(0, equals);
        if (key.equals("name")) {
            key = type.equals("command") ? "actionname" : type + "name";
        }
        if (!KEYS.contains(key)) {
            throw new IllegalArgumentException("unknown key '" + key + "': use name or one of " + sorted(KEYS));
        }
        parameters.put(key, word.substring(equals + 1).replace('*', '%'));
    }

    private static List<String> sorted(Set<String> words) {
        return words.stream().sorted().toList();
    }
}
