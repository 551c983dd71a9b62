package ninja.mig.modules.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import ninja.mig.modules.InvalidParametersException;

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

    private static final Set<String> FILTERS =
            Set.of("name", "size", "mode", "mtime", "content", "md5", "sha1", "sha2", "sha3");

    static CompiledSearch compile(String label, FileSearch search) throws InvalidParametersException {
        try {
            return new CompiledSearch(label, search, roots(search), checks(search));
        } catch (InvalidParametersException e) {
            throw new InvalidParametersException("search '" + label + "': " + e.getMessage(), e);
        }
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

    private static List<Check> checks(FileSearch s) throws InvalidParametersException {
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
        for (String value : s.contents()) {
            checks.add(Check.content(value, o.mismatch().contains("content")));
        }
        for (String value : s.names()) {
            checks.add(Check.name(value, o.mismatch().contains("name")));
        }
        for (String value : s.sizes()) {
            checks.add(Check.size(value, o.mismatch().contains("size")));
        }
        for (String value : s.modes()) {
            checks.add(Check.mode(value, o.mismatch().contains("mode")));
        }
        for (String value : s.mtimes()) {
            checks.add(Check.mtime(value, o.mismatch().contains("mtime")));
        }
        for (Map.Entry<String, List<String>> hashes : hashes(s).entrySet()) {
            String family = hashes.getKey().startsWith("sha3")
                    ? "sha3"
                    : hashes.getKey().matches("sha2|sha256|sha384|sha512") ? "sha2" : hashes.getKey();
            for (String value : hashes.getValue()) {
                checks.add(Check.hash(hashes.getKey(), value, o.mismatch().contains(family)));
            }
        }
        return List.copyOf(checks);
    }

    private static Map<String, List<String>> hashes(FileSearch s) {
        Map<String, List<String>> hashes = new LinkedHashMap<>();
        hashes.put("md5", s.md5());
        hashes.put("sha1", s.sha1());
        hashes.put("sha2", s.sha2());
        hashes.put("sha256", s.sha256());
        hashes.put("sha384", s.sha384());
        hashes.put("sha512", s.sha512());
        hashes.put("sha3", s.sha3());
        hashes.put("sha3_224", s.sha3x224());
        hashes.put("sha3_256", s.sha3x256());
        hashes.put("sha3_384", s.sha3x384());
        hashes.put("sha3_512", s.sha3x512());
        return hashes;
    }

    int matchLimit() {
        long limit = received.options().matchLimit();
        return limit == 0 ? USUAL_MATCH_LIMIT : (int) Math.min(limit, HIGHEST_MATCH_LIMIT);
    }

    boolean matchAll() {
        return received.options().matchAll();
    }
}
