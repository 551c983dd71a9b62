package ninja.mig.modules.netstat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.Printable;

/** The lines that people read. Results come from elsewhere: whatever is missing or odd is left out. */
final class NetstatPrinter {
    private NetstatPrinter() {}

    static List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        for (Item item : Item.values()) {
            for (Map.Entry<String, JsonNode> entry :
                    result.elements().path(item.key()).properties()) {
                String value = " for netstat " + name(item) + ":'" + entry.getKey() + "'";
                for (JsonNode element : entry.getValue()) {
                    lines.add("found " + found(item, element) + value + namespace(element));
                }
                if (entry.getValue().isEmpty() && !foundOnly && item != Item.LOCALMAC) {
                    lines.add("did not find anything" + value);
                }
            }
        }
        if (!foundOnly) {
            result.errors().forEach(error -> lines.add(Printable.error(error)));
            JsonNode s = result.statistics();
            if (s.isObject()) {
                lines.add("Statistics: total hits %d examined %d items exectime %s"
                        .formatted(
                                s.path("totalhits").asLong(),
                                s.path("examined").asLong(),
                                s.path("exectime").asText()));
            }
        }
        return lines.stream().map(Printable::line).toList();
    }

    private static String name(Item item) {
        return item == Item.NEIGHBORIP ? "neighborIP" : item.key();
    }

    private static String found(Item item, JsonNode element) {
        return switch (item) {
            case LOCALMAC -> "local mac " + text(element, "localmacaddr");
            case NEIGHBORMAC -> "neighbor mac " + text(element, "remotemacaddr") + " " + text(element, "remoteaddr");
            case LOCALIP -> "local ip " + text(element, "localaddr");
            case NEIGHBORIP -> "neighbor IP " + text(element, "remoteaddr") + " " + text(element, "remotemacaddr");
            case CONNECTEDIP ->
                "connected tuple " + text(element, "remoteaddr") + ":" + port(element, "remoteport")
                        + " with local tuple " + text(element, "localaddr") + ":" + port(element, "localport");
            case LISTENINGPORT -> "listening port " + port(element, "localport");
        };
    }

    private static String text(JsonNode element, String name) {
        return element.path(name).asText();
    }

    private static long port(JsonNode element, String name) {
        return element.path(name).asLong();
    }

    private static String namespace(JsonNode element) {
        String namespace = text(element, "namespace");
        return namespace.isEmpty() || namespace.equals("default") ? "" : " namespace:[" + namespace + "]";
    }
}
