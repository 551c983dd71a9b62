package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.regex.Expressions;

/** The searches of one run, by label, checked and compiled. */
record MemoryParameters(List<CompiledSearch> searches) {
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final int MOST_CHECKS = 10_000;
    private static final int MOST_EXPRESSIONS = 4_000;
    private static final int MOST_BYTES = 1 << 20;

    static MemoryParameters bind(JsonNode parameters) throws InvalidParametersException {
        Map<String, MemorySearch> received = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : Parameters.searches(parameters).properties()) {
            String label = entry.getKey();
            if (!LABEL.matcher(label).matches()) {
                throw new InvalidParametersException(
                        "a label has 1 to 64 letters, digits, - or _, found '" + Printable.line(label) + "'");
            }
            received.put(label, Parameters.bind(entry.getValue(), MemorySearch.class));
        }
        Expressions expressions = new Expressions(limited(received.values()));
        List<CompiledSearch> searches = new ArrayList<>();
        for (Map.Entry<String, MemorySearch> search : received.entrySet()) {
            searches.add(CompiledSearch.compile(search.getKey(), search.getValue(), expressions));
        }
        return new MemoryParameters(searches);
    }

    /** @return how many expressions there are */
    private static int limited(Iterable<MemorySearch> searches) throws InvalidParametersException {
        long expressions = 0;
        long strings = 0;
        long digits = 0;
        for (MemorySearch search : searches) {
            expressions += search.names().size()
                    + search.libraries().size()
                    + search.contents().size();
            strings += search.bytes().size();
            for (String string : search.bytes()) {
                digits += string.length();
            }
        }
        if (expressions + strings > MOST_CHECKS || expressions > MOST_EXPRESSIONS || digits / 2 > MOST_BYTES) {
            throw new InvalidParametersException("all searches together have at most " + MOST_CHECKS
                    + " conditions, " + MOST_EXPRESSIONS + " of them expressions, and " + MOST_BYTES
                    + " bytes in byte strings");
        }
        return (int) expressions;
    }
}
