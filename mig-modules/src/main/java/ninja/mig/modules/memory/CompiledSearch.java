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
    static CompiledSearch compile(String label, MemorySearch search, Expressions expressions)
            throws InvalidParametersException {
        try {
            return new CompiledSearch(label, search, checks(search, expressions));
        } catch (InvalidParametersException e) {
            throw new InvalidParametersException("search '" + label + "': " + e.getMessage(), e);
        }
    }

    private static List<Check> checks(MemorySearch search, Expressions expressions) throws InvalidParametersException {
        if (search.options().offset() < 0 || search.options().maxLength() < 0) {
            throw new InvalidParametersException("offset and maxlength must not be negative");
        }
        List<Check> checks = new ArrayList<>();
        for (String value : search.names()) {
            checks.add(Check.name(value, expressions));
        }
        for (String value : search.libraries()) {
            checks.add(Check.library(value, expressions));
        }
        for (String value : search.contents()) {
            checks.add(Check.content(value, expressions));
        }
        for (String value : search.bytes()) {
            checks.add(Check.bytes(value));
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
