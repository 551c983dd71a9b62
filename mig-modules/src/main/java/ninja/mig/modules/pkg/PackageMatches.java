package ninja.mig.modules.pkg;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.LazyArray;
import ninja.mig.modules.ResultBudget;

/** The packages that a query has found: for each expression in turn, dpkg's before rpm's, each package once. */
final class PackageMatches {
    /** What an entry of the result takes beside its four texts. */
    private static final int ENTRY = 60;

    private final PackageQuery query;
    private final Instant started;
    private final ResultBudget budget = new ResultBudget();
    private final List<List<InstalledPackage>> found = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int leftOut;

    PackageMatches(PackageQuery query, Instant started) {
        this.query = query;
        this.started = started;
        query.names().forEach(name -> found.add(new ArrayList<>()));
    }

    synchronized void offer(InstalledPackage installed) {
        query.position(installed).ifPresent(position -> {
            long bytes = ENTRY
                    + ResultBudget.jsonLength(installed.name())
                    + ResultBudget.jsonLength(installed.version())
                    + ResultBudget.jsonLength(installed.arch());
            if (budget.take(bytes)) {
                found.get(position).add(installed);
            } else {
                leftOut++;
            }
        });
    }

    synchronized void problems(List<String> texts) {
        problems.addAll(texts);
    }

    /** What has been found until now. */
    synchronized ModuleResult document(Instant now) {
        List<InstalledPackage> all = found.stream().flatMap(List::stream).toList();
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        elements.set("matches", LazyArray.of(all.size(), i -> MigJson.toTree(all.get(i))));
        elements.putNull("ovalresults");
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics.put("execruntime", GoDuration.format(Duration.between(started, now)));
        List<String> errors = new ArrayList<>(problems);
        if (leftOut > 0) {
            errors.add("warning: " + leftOut + " more packages were left out, " + ResultBudget.EXCEEDED);
        }
        return new ModuleResult(!all.isEmpty(), true, elements, statistics, errors);
    }
}
