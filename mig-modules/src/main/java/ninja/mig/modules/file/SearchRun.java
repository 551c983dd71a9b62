package ninja.mig.modules.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ninja.mig.modules.ResultBudget;

/** One search while it runs: what it has found, and whether it may find more. */
final class SearchRun {
    /** A file that was found. */
    record Match(Path file, Attributes attributes, Optional<String> sha256) {}

    /** What an entry of the result takes beside its paths and the search, roughly. */
    private static final int ENTRY = 400;

    private final CompiledSearch search;
    private final List<List<Match>> matches = new ArrayList<>();
    private final Set<Path> seen = new HashSet<>();
    private final Set<Path> metTwice = new HashSet<>();
    private final List<Check.OnAttributes> onAttributes;
    private final List<Check.Name> names;
    private final boolean asksName;
    private final List<Check.Content> contents;
    private final ContentSet together;
    private final boolean[] lookedForTogether;
    private final WantedHashes hashes;
    private final boolean comesTwice;
    private final List<Set<Path>> matched = new ArrayList<>();
    private final ResultBudget budget;
    private final long bytesPerMatch;
    private int hits;
    private boolean tooLarge;
    private volatile boolean full;
    private boolean leftUnknown;
    private volatile boolean leftOut;

    /** @param together the contents of all searches of the run, which share this object */
    SearchRun(CompiledSearch search, ResultBudget budget, ContentSet together) {
        this.search = search;
        this.budget = budget;
        this.together = together;
        this.bytesPerMatch = ENTRY
                + (search.matchAll() ? ResultBudget.jsonLength(search.received().inResult(search.roots())) : 0);
        int lists = search.matchAll() ? 1 : search.checks().size();
        for (int i = 0; i < lists; i++) {
            matches.add(new ArrayList<>());
            matched.add(new HashSet<>());
        }
        this.comesTwice = nest(search.roots()) && search.received().options().maxDepth() > 0;
        this.onAttributes = checks(Check.OnAttributes.class).stream()
                .sorted(Comparator.comparing(check -> check instanceof Check.Mode))
                .toList();
        this.asksName = search.checks().stream().anyMatch(Check.Name.class::isInstance);
        this.names = search.matchAll() ? checks(Check.Name.class) : List.of();
        this.contents = checks(Check.Content.class);
        this.lookedForTogether = new boolean[contents.size()];
        int first = together.first(search);
        for (int i = 0; i < contents.size(); i++) {
            lookedForTogether[i] = first >= 0 && together.patterns().has(first + i);
        }
        this.hashes = new WantedHashes(search.checks());
    }

    private <C extends Check> List<C> checks(Class<C> type) {
        return search.checks().stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The conditions that need no reading; the mode, which needs another look, is the last. */
    List<Check.OnAttributes> onAttributes() {
        return onAttributes;
    }

    /** Whether there are names that exclude files whatever else they are. */
    boolean excludesByName() {
        return !names.isEmpty();
    }

    /** Whether it looks at names at all. */
    boolean asksName() {
        return asksName;
    }

    /** Whether a file of this name cannot match. */
    boolean isExcluded(byte[] name) {
        for (Check.Name check : names) {
            if (check.pattern().find(name, 0, name.length) == check.inverted()) {
                return true;
            }
        }
        return false;
    }

    List<Check.Content> contents() {
        return contents;
    }

    /** The contents of this search and of all that run with it. */
    ContentSet together() {
        return together;
    }

    /** By content: whether it may be looked for together with others. */
    boolean[] lookedForTogether() {
        return lookedForTogether;
    }

    WantedHashes hashes() {
        return hashes;
    }

    boolean asksMode() {
        return !onAttributes.isEmpty() && onAttributes.get(onAttributes.size() - 1) instanceof Check.Mode;
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
    boolean isFull() {
        return full;
    }

    /** Asked when there is something to evaluate. @return false if it is full, and leaves that out */
    boolean takesMore() {
        if (full) {
            leftOut = true;
            return false;
        }
        return true;
    }

    /** Whether it ended at its limit before all was evaluated, so that there may be more matches. */
    boolean hasLeftOut() {
        return leftOut;
    }

    boolean reaches(int level) {
        long depth = search.received().options().maxDepth();
        return depth == 0 || level <= depth;
    }

    /** A file that several paths of this search lead to. */
    void expectTwice(Path file) {
        metTwice.add(file);
    }

    /** Whether this file is to be evaluated: there is room, and it has not been before as far as it was expected to. */
    boolean wants(Path file) {
        if (metTwice.isEmpty() || !metTwice.contains(file)) {
            return takesMore();
        }
        return !seen.contains(file) && takesMore() && seen.add(file);
    }

    /** @param list 0 for a search whose checks must all match, else the position of the check */
    synchronized void add(int list, Match match) {
        if (comesTwice && matched.get(list).contains(match.file()) || !takesMore()) {
            return;
        }
        long path = ResultBudget.jsonLength(match.file().toString());
        if (!budget.take(bytesPerMatch + (search.matchAll() ? path : 2 * path))) {
            tooLarge = true;
            full = true;
            leftOut = true;
            return;
        }
        if (comesTwice) {
            matched.get(list).add(match.file());
        }
        matches.get(list).add(match);
        hits++;
        full = hits >= search.matchLimit();
    }

    /** Whether matches were left out because the result would become too large. */
    synchronized boolean isTooLarge() {
        return tooLarge;
    }

    /** A file could not be read far enough to say whether it matches; all the rest of it does. */
    synchronized void leaveUnknown() {
        leftUnknown = true;
    }

    /** Whether some files may match of which that is not known; always false if one check is enough. */
    synchronized boolean hasUnknown() {
        return leftUnknown;
    }

    synchronized int hits() {
        return hits;
    }

    /** What was found, per list. */
    synchronized List<List<Match>> matches() {
        return matches.stream().map(List::copyOf).toList();
    }
}
