package ninja.mig.modules.memory;

import java.util.ArrayList;
import java.util.List;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.regex.Expressions;

/**
 * One search, ready to run.
 *
 * @param received as it came
 * @param checks in the fixed order of their lists
 */
record CompiledSearch(String label, MemorySearch received, List<Check> checks) {
    private static final List<String> ORDER = List.of("names", "libraries", "contents", "bytes");

    static CompiledSearch compile(String label, MemorySearch search, Expressions expressions)
            throws InvalidParametersException {
        return new CompiledSearch(label, search, checks(search, expressions));
    }

    private static List<Check> checks(MemorySearch search, Expressions expressions) throws InvalidParametersException {
        if (search.options().offset() < 0 || search.options().maxLength() < 0) {
            throw new InvalidParametersException("offset and maxlength must not be negative");
        }
        List<Check> checks = new ArrayList<>();
        for (String key : ORDER) {
            for (String value : search.lists().get(key)) {
                checks.add(Check.of(key, value, expressions));
            }
        }
        return List.copyOf(checks);
    }

    boolean matchAll() {
        return received.options().matchAll();
    }

    /** Whether some check can be decided by nothing but more than the name of the executable. */
    boolean needsMoreThanNames() {
        return checks.stream().anyMatch(check -> !(check instanceof Check.Name));
    }
}
