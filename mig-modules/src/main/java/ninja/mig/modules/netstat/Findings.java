package ninja.mig.modules.netstat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import ninja.mig.conf.GoDuration;
import ninja.mig.model.ModuleResult;

/**
 * What a run found. Half of the room of a result is shared equally by the values, so that one which matches everything does
 * not hide the others; the other half is for what comes first.
 */
final class Findings {
    /** Each half. */
    static final int ROOM = 25_000;

    private static final int MOST_ERRORS = 1000;
    private static final int MOST_CUT_NAMED = 100;

    /** Of one value: what is kept, and how many there were. */
    private static final class Hits {
        private final List<JsonNode> kept = new ArrayList<>(0);
        private long found;
    }

    private final Map<Item, Map<String, Hits>> byItem = new EnumMap<>(Item.class);
    private final Set<String> errors = new LinkedHashSet<>();
    private final int share;
    private final Clock clock;
    private final Instant started;
    private int free = ROOM;
    private long errorsLeftOut;
    private long examined;

    Findings(NetstatParameters parameters, Clock clock) {
        parameters.values().forEach((item, values) -> {
            Map<String, Hits> hits = new LinkedHashMap<>();
            values.forEach(value -> hits.put(value, new Hits()));
            byItem.put(item, hits);
        });
        int values = byItem.values().stream().mapToInt(Map::size).sum();
        this.share = ROOM / Math.max(1, values);
        this.clock = clock;
        this.started = clock.instant();
    }

    /** @param element made only if there is room for it */
    synchronized void add(Item item, String value, Supplier<ObjectNode> element) {
        Hits hits = byItem.get(item).get(value);
        hits.found++;
        if (hits.kept.size() < share) {
            hits.kept.add(element.get());
        } else if (free > 0) {
            free--;
            hits.kept.add(element.get());
        }
    }

    /** Counts comparisons of a row or an interface with values. */
    synchronized void examined(long more) {
        examined += more;
    }

    synchronized void error(String text) {
        if (errors.size() < MOST_ERRORS) {
            errors.add(text);
        } else if (!errors.contains(text)) {
            errorsLeftOut++;
        }
    }

    /** What has been found until now; safe while the run goes on. */
    synchronized ModuleResult document() {
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        long total = 0;
        for (Map.Entry<Item, Map<String, Hits>> item : byItem.entrySet()) {
            ObjectNode values = elements.putObject(item.getKey().key());
            for (Map.Entry<String, Hits> value : item.getValue().entrySet()) {
                List<JsonNode> kept = value.getValue().kept;
                if (kept.isEmpty()) {
                    values.putNull(value.getKey());
                } else {
                    values.set(value.getKey(), new ArrayNode(JsonNodeFactory.instance, List.copyOf(kept)));
                }
                total += kept.size();
            }
        }
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics.put("examined", examined);
        statistics.put("exectime", GoDuration.format(Duration.between(started, clock.instant())));
        statistics.put("totalhits", total);
        return new ModuleResult(total > 0, true, elements, statistics, texts());
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>(errors);
        if (errorsLeftOut > 0) {
            texts.add("warning: " + errorsLeftOut + " more errors were left out");
        }
        long cut = 0;
        for (Map.Entry<Item, Map<String, Hits>> item : byItem.entrySet()) {
            for (Map.Entry<String, Hits> value : item.getValue().entrySet()) {
                Hits hits = value.getValue();
                if (hits.found > hits.kept.size() && ++cut <= MOST_CUT_NAMED) {
                    texts.add("warning: %s:'%s' was cut: %d of %d elements are returned"
                            .formatted(item.getKey().key(), value.getKey(), hits.kept.size(), hits.found));
                }
            }
        }
        if (cut > MOST_CUT_NAMED) {
            texts.add("warning: " + (cut - MOST_CUT_NAMED) + " more values were cut");
        }
        return texts;
    }
}
