package ninja.mig.modules.memory;

import java.util.ArrayList;
import java.util.List;
import ninja.mig.modules.ResultBudget;

/** One search while it runs, and the processes that it has found. */
final class SearchRun {
    /** A process that was found. */
    record Match(String name, long pid) {}

    /** What an entry of the result takes beside the name and the search, roughly. */
    private static final int ENTRY = 200;

    private final CompiledSearch search;
    private final ResultBudget budget;
    private final List<List<Match>> matches = new ArrayList<>();
    private final long[] bytesPerMatch;
    private int hits;
    private boolean tooLarge;

    SearchRun(CompiledSearch search, ResultBudget budget) {
        this.search = search;
        this.budget = budget;
        int lists = search.matchAll() ? 1 : search.checks().size();
        this.bytesPerMatch = new long[lists];
        for (int i = 0; i < lists; i++) {
            matches.add(new ArrayList<>());
            bytesPerMatch[i] = ENTRY
                    + (search.matchAll()
                            ? ResultBudget.jsonLength(search.received().inResult())
                            : ResultBudget.jsonLength(search.checks().get(i).value()));
        }
    }

    CompiledSearch search() {
        return search;
    }

    /** @param list 0 for a search whose checks must all match, else the position of the check */
    synchronized void add(int list, Match match) {
        if (tooLarge) {
            return;
        }
        if (!budget.take(bytesPerMatch[list] + ResultBudget.jsonLength(match.name()))) {
            tooLarge = true;
            return;
        }
        matches.get(list).add(match);
        hits++;
    }

    /** Whether matches were left out because the result would become too large. */
    synchronized boolean isTooLarge() {
        return tooLarge;
    }

    synchronized int hits() {
        return hits;
    }

    /** What was found, per list. */
    synchronized List<List<Match>> matches() {
        return matches.stream().map(List::copyOf).toList();
    }
}
