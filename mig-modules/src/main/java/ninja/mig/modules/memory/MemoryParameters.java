package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Searches;
import ninja.mig.modules.regex.Expressions;

/** The searches of one run, by label, checked and compiled. */
record MemoryParameters(List<CompiledSearch> searches) {
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final int MOST_CHECKS = 10_000;
    private static final int MOST_EXPRESSIONS = 4_000;
    private static final int MOST_BYTES = 1 << 20;

    static MemoryParameters bind(JsonNode parameters) throws InvalidParametersException {
        Searches<MemorySearch> searches = Searches.read(
                Parameters.searches(parameters), LABEL, "1 to 64 letters, digits, - or _", MemorySearch::read);
        long checks = searches.values(MemorySearch.LISTS).count();
        List<String> strings = searches.values(List.of("bytes")).toList();
        long expressions = checks - strings.size();
        long digits = strings.stream().mapToLong(String::length).sum();
        if (checks > MOST_CHECKS || expressions > MOST_EXPRESSIONS || digits / 2 > MOST_BYTES) {
            throw new InvalidParametersException("all searches together have at most " + MOST_CHECKS
                    + " conditions, " + MOST_EXPRESSIONS + " of them expressions, and " + MOST_BYTES
                    + " bytes in byte strings");
        }
        return new MemoryParameters(searches.compile(new Expressions((int) expressions), CompiledSearch::compile));
    }
}
