package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.Printable;

/** The lines that people read. Results come from elsewhere: whatever is missing or odd is left out. */
final class MemoryPrinter {
    /** The word for each key of a search, in the order in which they are printed. */
    private static final List<Map.Entry<String, String>> WORDS = List.of(
            Map.entry("names", "name"),
            Map.entry("libraries", "library"),
            Map.entry("contents", "content"),
            Map.entry("bytes", "byte"));

    private MemoryPrinter() {}

    static List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        Map<String, JsonNode> byLabel = new TreeMap<>();
        result.elements().properties().forEach(e -> byLabel.put(e.getKey(), e.getValue()));
        byLabel.forEach((label, entries) -> entries.forEach(entry -> print(lines, label, entry, foundOnly)));
        if (!foundOnly) {
            JsonNode statistics = result.statistics();
            statistics.path("failures").forEach(failure -> lines.add("Failure: " + failure.asText()));
            lines.addAll(result.errors());
            if (statistics.isObject()) {
                lines.add("Statistics: %d processes checked, %d matched, %d failures, ran in %s."
                        .formatted(
                                statistics.path("processcount").asLong(),
                                statistics.path("totalhits").asLong(),
                                statistics.path("failures").size(),
                                statistics.path("exectime").asText()));
            }
        }
        return lines.stream().map(Printable::line).toList();
    }

    private static void print(List<String> lines, String label, JsonNode entry, boolean foundOnly) {
        String name = entry.path("process").path("name").asText("");
        if (name.isEmpty() && foundOnly) {
            return;
        }
        StringBuilder line = new StringBuilder(
                name.isEmpty()
                        ? "0 match found"
                        : name + " [pid:" + entry.path("process").path("pid").asLong() + "]");
        line.append(" in search '").append(label).append('\'');
        JsonNode search = entry.path("search");
        if (!search.path("options").path("matchall").asBoolean(false)) {
            line.append(" on checks");
            for (Map.Entry<String, String> word : WORDS) {
                search.path(word.getKey()).forEach(value -> line.append(' ')
                        .append(word.getValue())
                        .append("='")
                        .append(value.asText())
                        .append('\''));
            }
        }
        lines.add(line.toString());
    }
}
