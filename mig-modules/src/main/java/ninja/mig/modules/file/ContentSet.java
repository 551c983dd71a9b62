package ninja.mig.modules.file;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import ninja.mig.modules.regex.BytePattern;
import ninja.mig.modules.regex.PatternSet;

/** The contents that the searches of a run look for. Those of option {@code macroal}, which asks every line, are no part of it. */
final class ContentSet {
    private final Map<CompiledSearch, Integer> first = new IdentityHashMap<>();
    private final PatternSet patterns;

    ContentSet(List<CompiledSearch> searches) {
        List<BytePattern> all = new ArrayList<>();
        for (CompiledSearch search : searches) {
            if (!search.received().options().macroAl()) {
                first.put(search, all.size());
                search.checks().stream()
                        .filter(Check.Content.class::isInstance)
                        .forEach(check -> all.add(((Check.Content) check).pattern()));
            }
        }
        this.patterns = new PatternSet(all);
    }

    PatternSet patterns() {
        return patterns;
    }

    /** The number of the first content of a search in the set; the others follow. @return -1 if it is no part of it */
    int first(CompiledSearch search) {
        return first.getOrDefault(search, -1);
    }
}
