package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.Printable;

/** The lines that people read. Results come from elsewhere: whatever is missing or odd is left out. */
final class FilePrinter {
    private FilePrinter() {}

    static List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        Map<String, JsonNode> byLabel = new TreeMap<>(CleanPath.BYTE_ORDER);
        result.elements().properties().forEach(e -> byLabel.put(e.getKey(), e.getValue()));
        byLabel.forEach((label, entries) -> {
            for (JsonNode entry : entries) {
                print(lines, label, entry, foundOnly);
            }
        });
        for (JsonNode label : result.statistics().path("matchlimited")) {
            lines.add("search '" + label.asText() + "' ended at its limit, there may be more");
        }
        if (!foundOnly) {
            lines.addAll(result.errors());
            JsonNode s = result.statistics();
            if (s.isObject()) {
                lines.add("Statistics: %d files checked, %d failed to open, %d matched, ran in %s."
                        .formatted(
                                s.path("filescount").asLong(),
                                s.path("openfailed").asLong(),
                                s.path("totalhits").asLong(),
                                s.path("exectime").asText()));
            }
        }
        return lines.stream().map(Printable::line).toList();
    }

    private static void print(List<String> lines, String label, JsonNode entry, boolean foundOnly) {
        String file = entry.path("file").asText("");
        if (file.isEmpty() && foundOnly) {
            return;
        }
        StringBuilder line = new StringBuilder();
        if (file.isEmpty()) {
            line.append("0 match found");
        } else {
            JsonNode info = entry.path("fileinfo");
            line.append(file)
                    .append(" [lastmodified:")
                    .append(info.path("lastmodified").asText())
                    .append(", mode:")
                    .append(info.path("mode").asText())
                    .append(", size:")
                    .append(info.path("size").asLong());
            if (!info.path("sha256").asText("").isEmpty()) {
                line.append(", sha256:").append(info.get("sha256").asText().toLowerCase(Locale.ROOT));
            }
            line.append(']');
        }
        line.append(" in search '").append(label).append('\'');
        JsonNode search = entry.path("search");
        if (!search.path("options").path("matchall").asBoolean(false)) {
            line.append(" on checks");
            FileFinding.criteria(search).forEach(criterion -> line.append(' ').append(criterion));
        }
        lines.add(line.toString());
    }
}
