package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.regex.Expressions;

/** The searches of one run, by label, checked and compiled. */
record FileParameters(List<CompiledSearch> searches) {
    private static final int MOST_SEARCHES = 2_000;
    private static final int MOST_PATHS = 2_000;
    private static final int MOST_CONDITIONS = 10_000;
    private static final int MOST_EXPRESSIONS = 4_000;

    static FileParameters bind(JsonNode parameters) throws InvalidParametersException {
        JsonNode searches = Parameters.searches(parameters);
        limit("searches", searches.size(), MOST_SEARCHES);
        Map<String, FileSearch> received = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : searches.properties()) {
            String label = entry.getKey();
            int length = label.codePointCount(0, label.length());
            if (length < 1 || length > 64 || label.indexOf('\n') >= 0 || label.indexOf('\r') >= 0) {
                throw new InvalidParametersException(
                        "a label has 1 to 64 characters and no line break, found '" + label + "'");
            }
            received.put(label, FileSearch.read(entry.getValue()));
        }
        Expressions expressions = new Expressions(limited(received.values()));
        List<CompiledSearch> compiled = new ArrayList<>();
        for (Map.Entry<String, FileSearch> search : received.entrySet()) {
            compiled.add(CompiledSearch.compile(search.getKey(), search.getValue(), expressions));
        }
        return new FileParameters(compiled);
    }

    /** @return how many expressions there are */
    private static int limited(Iterable<FileSearch> searches) throws InvalidParametersException {
        long paths = 0;
        long expressions = 0;
        long conditions = 0;
        for (FileSearch search : searches) {
            paths += search.paths().size();
            for (Map.Entry<String, List<String>> list : search.conditions().entrySet()) {
                int values = list.getValue().size();
                conditions += values;
                expressions += CompiledSearch.EXPRESSIONS.contains(list.getKey()) ? values : 0;
            }
        }
        limit("paths", paths, MOST_PATHS);
        limit("contents, names and modes", expressions, MOST_EXPRESSIONS);
        limit("conditions", conditions, MOST_CONDITIONS);
        return (int) expressions;
    }

    private static void limit(String what, long found, int most) throws InvalidParametersException {
        if (found > most) {
            throw new InvalidParametersException(
                    what + ": all searches together have at most " + most + ", found " + found);
        }
    }
}
