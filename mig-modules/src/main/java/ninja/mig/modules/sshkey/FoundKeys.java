package ninja.mig.modules.sshkey;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.LazyArray;
import ninja.mig.modules.Remarks;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.file.FileLookup;

/** The keys found so far, and the result that is made of them. */
final class FoundKeys {
    /** What an entry of the result takes beside its path: names of members and two fingerprints. */
    private static final int ENTRY = 220;

    /** As many as a small process can hold beside what it reads. */
    static final int MOST_KEYS = 25_000;

    private final Instant started;
    private final ResultBudget budget = new ResultBudget();
    private final List<SshKey> keys = new ArrayList<>();
    private final Remarks errors = new Remarks("errors");
    private Optional<FileLookup.Found> files = Optional.empty();
    private int leftOut;

    FoundKeys(Instant started) {
        this.started = started;
    }

    synchronized void files(FileLookup.Found found) {
        files = Optional.of(found);
        errors.addAll(found.errors());
        found.limited()
                .forEach(kind -> errors.addAll(List.of("warning: " + SshKeySearch.MOST_FILES + " files with " + kind
                        + " were found, there may be more")));
    }

    synchronized void add(SshKey key) {
        if (keys.size() < MOST_KEYS && budget.take(ENTRY + ResultBudget.jsonLength(key.path()))) {
            keys.add(key);
        } else {
            leftOut++;
        }
    }

    void remark(String text) {
        errors.add(text);
    }

    /** What has been found until now. */
    synchronized ModuleResult document(Instant now) {
        List<SshKey> all = List.copyOf(keys);
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        elements.set("keys", LazyArray.of(all.size(), i -> MigJson.toTree(all.get(i))));
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics.put("filescount", files.map(FileLookup.Found::checked).orElse(0L));
        statistics.put("openfailed", files.map(FileLookup.Found::notOpened).orElse(0L));
        statistics.put("exectime", GoDuration.format(Duration.between(started, now)));
        List<String> texts = new ArrayList<>(errors.texts());
        texts.addAll(errors.warning());
        if (leftOut > 0) {
            texts.add("warning: " + leftOut + " more keys were left out, the limit is " + MOST_KEYS + " keys or "
                    + (ResultBudget.BYTES >> 20) + " MiB");
        }
        return new ModuleResult(!keys.isEmpty(), true, elements, statistics, texts);
    }
}
