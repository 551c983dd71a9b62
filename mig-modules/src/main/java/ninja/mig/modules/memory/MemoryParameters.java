package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;

/** The searches of one run, by label, checked and compiled. */
record MemoryParameters(List<CompiledSearch> searches) {
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final int MOST_CHECKS = 10_000;
    private static final int MOST_BYTES = 1 << 20;

    static MemoryParameters bind(JsonNode parameters) throws InvalidParametersException {
        List<CompiledSearch> searches = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : Parameters.searches(parameters).properties()) {
            String label = entry.getKey();
            if (!LABEL.matcher(label).matches()) {
                throw new InvalidParametersException(
                        "a label has 1 to 64 letters, digits, - or _, found '" + Printable.line(label) + "'");
            }
            searches.add(CompiledSearch.compile(label, Parameters.bind(entry.getValue(), MemorySearch.class)));
            limit(searches);
        }
        return new MemoryParameters(searches);
    }

    private static void limit(List<CompiledSearch> searches) throws InvalidParametersException {
        long checks = 0;
        long bytes = 0;
        for (CompiledSearch search : searches) {
            checks += search.checks().size();
            for (Check check : search.checks()) {
                bytes += check instanceof Check.Bytes string ? string.bytes().length : 0;
            }
        }
        if (checks > MOST_CHECKS || bytes > MOST_BYTES) {
            throw new InvalidParametersException("all searches together have at most " + MOST_CHECKS
                    + " conditions and " + MOST_BYTES + " bytes in byte strings");
        }
    }
}
