package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import ninja.mig.conf.GoDuration;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Times;
import ninja.mig.modules.LazyArray;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.Searches;

/** Makes the result document of what the searches found. */
final class FileResults {
    private final List<SearchRun> runs;
    private final FileRun files;
    private final Problems problems;
    private final Instant started;

    FileResults(List<SearchRun> runs, FileRun files, Problems problems, Instant started) {
        this.runs = runs;
        this.files = files;
        this.problems = problems;
        this.started = started;
    }

    /** What has been found until now; safe while the search goes on. */
    ModuleResult document(Instant now) {
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        int hits = 0;
        ArrayNode limited = JsonNodeFactory.instance.arrayNode();
        for (SearchRun run : runs) {
            String label = run.search().label();
            if (run.search().checks().isEmpty() && !run.search().matchAll()) {
                elements.putNull(label);
            } else {
                elements.set(label, entries(run));
            }
            hits += run.hits();
            if (run.hasLeftOut()) {
                limited.add(label);
            }
        }
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics.put("filescount", files.filesCount());
        statistics.put("openfailed", problems.notOpenedCount());
        statistics.put("totalhits", hits);
        statistics.put("exectime", GoDuration.format(Duration.between(started, now)));
        if (!limited.isEmpty()) {
            statistics.set("matchlimited", limited);
        }
        List<String> texts = new ArrayList<>(problems.texts());
        runs.stream()
                .filter(SearchRun::isTooLarge)
                .forEach(run -> texts.add(ResultBudget.cut(run.search().label(), run.hits())));
        runs.stream()
                .map(SearchRun::search)
                .flatMap(search -> Searches.remark(search.label(), search.received(), search.checks()).stream())
                .forEach(texts::add);
        return new ModuleResult(hits > 0, true, elements, statistics, texts);
    }

    /** The entries of a search are made when somebody looks at them: all at once would take a multiple of the memory. */
    private static ArrayNode entries(SearchRun run) {
        CompiledSearch search = run.search();
        return LazyArray.ofMatches(
                run.matches(), check -> echo(search, check), (echo, match) -> match.map(found -> entry(echo, found))
                        .orElseGet(() -> noMatch(echo, search.roots())));
    }

    /** What was asked, with the folders that it shall show. */
    private interface Echo {
        JsonNode of(List<String> folders);
    }

    private static ObjectNode noMatch(Echo echo, List<String> roots) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.put("file", "");
        entry.set("search", echo.of(roots));
        fileInfo(entry.putObject("fileinfo"), 0, "", "");
        return entry;
    }

    private static ObjectNode entry(Echo echo, SearchRun.Match match) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.put("file", Problems.display(match.file()));
        entry.set("search", echo.of(List.of(folder(match.file()))));
        ObjectNode info = entry.putObject("fileinfo");
        Attributes a = match.attributes();
        fileInfo(info, a.size(), a.modeText(), Times.goText(a.modified()));
        match.sha256().ifPresent(digest -> info.put("sha256", digest));
        return entry;
    }

    private static String folder(Path file) {
        Path parent = file.getParent();
        return parent == null ? "." : Problems.display(parent);
    }

    private static void fileInfo(ObjectNode info, long size, String mode, String modified) {
        info.put("size", size);
        info.put("mode", mode);
        info.put("lastmodified", modified);
    }

    /**
     * What was asked: the whole search where all checks must match, one document for all its entries; else the one check
     * and the folders that are given.
     */
    private static Echo echo(CompiledSearch search, int check) {
        FileSearch received = search.received();
        if (search.matchAll()) {
            ObjectNode whole = received.inResult(search.roots());
            return folders -> whole;
        }
        Check c = search.checks().get(check);
        String value = c instanceof Check.Hash ? c.value().toUpperCase(Locale.ROOT) : c.value();
        return folders -> {
            ObjectNode echo = JsonNodeFactory.instance.objectNode();
            echo.set("paths", Searches.array(folders));
            echo.putArray(c.key()).add(value);
            echo.set("options", FileSearch.Options.NONE.inResult());
            return echo;
        };
    }
}
