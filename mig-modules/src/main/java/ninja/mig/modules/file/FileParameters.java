package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Searches;
import ninja.mig.modules.regex.Expressions;

/** The searches of one run, by label, checked and compiled. */
record FileParameters(List<CompiledSearch> searches) {
    private static final Pattern LABEL = Pattern.compile("[^\\r\\n]{1,64}");
    private static final int MOST_SEARCHES = 2_000;
    private static final int MOST_PATHS = 2_000;
    private static final int MOST_CONDITIONS = 10_000;
    private static final int MOST_EXPRESSIONS = 4_000;

    static FileParameters bind(JsonNode parameters) throws InvalidParametersException {
        JsonNode given = Parameters.searches(parameters);
        limit("searches", given.size(), MOST_SEARCHES);
        Searches<FileSearch> searches =
                Searches.read(given, LABEL, "1 to 64 characters and no line break", FileSearch::read);
        long expressions = searches.values(CompiledSearch.EXPRESSIONS).count();
        limit("paths", searches.values(List.of(FileSearch.PATHS)).count(), MOST_PATHS);
        limit("contents, names and modes", expressions, MOST_EXPRESSIONS);
        limit("conditions", searches.values(FileSearch.CONDITIONS).count(), MOST_CONDITIONS);
        return new FileParameters(searches.compile(new Expressions((int) expressions), CompiledSearch::compile));
    }

    private static void limit(String what, long found, int most) throws InvalidParametersException {
        if (found > most) {
            throw new InvalidParametersException(
                    what + ": all searches together have at most " + most + ", found " + found);
        }
    }
}
