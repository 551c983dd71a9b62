package ninja.mig.modules.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.regex.Expressions;

/**
 * One search, ready to run.
 *
 * @param received as it came
 * @param roots its paths, cleaned, in ascending byte order, each once
 * @param checks in the fixed order of their lists
 */
record CompiledSearch(String label, FileSearch received, List<String> roots, List<Check> checks) {
    static final int USUAL_MATCH_LIMIT = 1000;
    static final int HIGHEST_MATCH_LIMIT = 100_000;

    /** The lists whose values are regular expressions. */
    static final Set<String> EXPRESSIONS = Set.of("contents", "names", "modes");

    private static final Set<String> FILTERS =
            Set.of("name", "size", "mode", "mtime", "content", "md5", "sha1", "sha2", "sha3");

    static CompiledSearch compile(String label, FileSearch search, Expressions expressions)
            throws InvalidParametersException {
        return new CompiledSearch(label, search, roots(search), checks(search, expressions));
    }

    private static List<String> roots(FileSearch search) throws InvalidParametersException {
        if (search.paths().isEmpty()) {
            throw new InvalidParametersException("at least one path is needed");
        }
        Set<String> roots = new TreeSet<>(CleanPath.BYTE_ORDER);
        for (String path : search.paths()) {
            if (path.isEmpty()) {
                throw new InvalidParametersException("paths: a path is empty");
            }
            roots.add(CleanPath.clean(path));
        }
        return List.copyOf(roots);
    }

    private static List<Check> checks(FileSearch s, Expressions expressions) throws InvalidParametersException {
        FileSearch.Options o = s.options();
        if (o.maxDepth() < 0 || o.matchLimit() < 0 || o.maxErrors() < 0) {
            throw new InvalidParametersException("maxdepth, matchlimit and maxerrors must not be negative");
        }
        for (String filter : o.mismatch()) {
            if (!FILTERS.contains(filter)) {
                throw new InvalidParametersException("mismatch: '" + filter + "' is none of " + new TreeSet<>(FILTERS));
            }
        }
        List<Check> checks = new ArrayList<>();
        for (String key : FileSearch.CONDITIONS) {
            boolean mismatch = o.mismatch().contains(filter(key));
            for (String value : s.lists().get(key)) {
                checks.add(check(key, value, mismatch, expressions));
            }
        }
        return List.copyOf(checks);
    }

    /** The filter that a list of conditions belongs to, as {@code mismatch} calls it. */
    private static String filter(String key) {
        return switch (key) {
            case "contents", "names", "sizes", "modes", "mtimes" -> key.substring(0, key.length() - 1);
            case "sha256", "sha384", "sha512" -> "sha2";
            case "sha3_224", "sha3_256", "sha3_384", "sha3_512" -> "sha3";
            default -> key;
        };
    }

    private static Check check(String key, String value, boolean mismatch, Expressions expressions)
            throws InvalidParametersException {
        return switch (key) {
            case "contents" -> Check.content(value, mismatch, expressions);
            case "names" -> Check.name(value, mismatch, expressions);
            case "sizes" -> Check.size(value, mismatch);
            case "modes" -> Check.mode(value, mismatch, expressions);
            case "mtimes" -> Check.mtime(value, mismatch);
            default -> Check.hash(key, value, mismatch);
        };
    }

    int matchLimit() {
        long limit = received.options().matchLimit();
        return limit == 0 ? USUAL_MATCH_LIMIT : (int) Math.min(limit, HIGHEST_MATCH_LIMIT);
    }

    boolean matchAll() {
        return received.options().matchAll();
    }
}
