package ninja.mig.modules.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One search while it runs: what it has found, and whether it may find more. */
final class SearchRun {
    /** A file that was found. */
    record Match(Path file, Attributes attributes, Optional<String> sha256) {}

    private final CompiledSearch search;
    private final List<List<Match>> matches = new ArrayList<>();
    private final Set<Path> seen = new HashSet<>();
    private final boolean rootsNest;
    private int hits;

    SearchRun(CompiledSearch search) {
        this.search = search;
        int lists = search.matchAll() ? 1 : search.checks().size();
        for (int i = 0; i < lists; i++) {
            matches.add(new ArrayList<>());
        }
        this.rootsNest = nest(search.roots());
    }

    /** Whether one of the paths lies within another one: then files are met twice. */
    static boolean nest(List<String> roots) {
        for (String inner : roots) {
            for (String outer : roots) {
                if (!inner.equals(outer) && CleanPath.isWithin(inner, outer)) {
                    return true;
                }
            }
        }
        return false;
    }

    CompiledSearch search() {
        return search;
    }

    /** At its limit: nothing more is evaluated. */
    synchronized boolean isFull() {
        return hits >= search.matchLimit();
    }

    boolean reaches(int level) {
        long depth = search.received().options().maxDepth();
        return depth == 0 || level <= depth;
    }

    /** Whether this file has not been evaluated by this search before. */
    boolean isNew(Path file) {
        return !rootsNest || seen.add(file);
    }

    /** @param list 0 for a search whose checks must all match, else the position of the check */
    synchronized void add(int list, Match match) {
        if (hits < search.matchLimit()) {
            matches.get(list).add(match);
            hits++;
        }
    }

    synchronized int hits() {
        return hits;
    }

    /** What was found, per list. */
    synchronized List<List<Match>> matches() {
        return matches.stream().map(List::copyOf).toList();
    }
}
