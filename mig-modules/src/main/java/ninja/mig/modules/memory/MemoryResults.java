package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.conf.GoDuration;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.LazyArray;
import ninja.mig.modules.Remarks;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.Searches;

/** Makes the result document of what the searches found. */
final class MemoryResults {
    private final List<SearchRun> runs;
    private final MemoryRun processes;
    private final Remarks failures;
    private final Instant started;

    MemoryResults(List<SearchRun> runs, MemoryRun processes, Remarks failures, Instant started) {
        this.runs = runs;
        this.processes = processes;
        this.failures = failures;
        this.started = started;
    }

    /**
     * What has been found until now; safe while the search goes on.
     *
     * @param errors what kept it from being complete
     */
    ModuleResult document(Instant now, List<String> errors) {
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        List<String> texts = new ArrayList<>(errors);
        int hits = 0;
        for (SearchRun run : runs) {
            String label = run.search().label();
            if (run.search().checks().isEmpty() && !run.search().matchAll()) {
                elements.putNull(label);
            } else {
                elements.set(
                        label,
                        LazyArray.ofMatches(run.matches(), check -> asked(run.search(), check), MemoryResults::entry));
            }
            Searches.remark(label, run.search().received(), run.search().checks())
                    .ifPresent(texts::add);
            hits += run.hits();
            if (run.isTooLarge()) {
                texts.add(ResultBudget.cut(label, run.hits()));
            }
        }
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics.put("processcount", processes.processCount());
        statistics.put("memoryread", processes.memoryRead());
        statistics.put("totalhits", hits);
        if (!failures.texts().isEmpty()) {
            statistics.set("failures", Searches.array(failures.texts()));
        }
        texts.addAll(failures.warning());
        statistics.put("exectime", GoDuration.format(Duration.between(started, now)));
        return new ModuleResult(hits > 0, errors.isEmpty(), elements, statistics, texts);
    }

    private static ObjectNode entry(JsonNode asked, Optional<SearchRun.Match> match) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.putObject("process")
                .put("name", match.map(SearchRun.Match::name).orElse(""))
                .put("pid", match.map(SearchRun.Match::pid).orElse(0L));
        return entry.set("search", asked);
    }

    /** What was asked: the whole search where all checks must hold, else the one check. */
    private static JsonNode asked(CompiledSearch search, int check) {
        if (search.matchAll()) {
            return search.received().inResult();
        }
        ObjectNode asked = JsonNodeFactory.instance.objectNode();
        asked.putArray(search.checks().get(check).key())
                .add(search.checks().get(check).value());
        asked.putObject("options");
        return asked;
    }
}
