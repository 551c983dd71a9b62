package ninja.mig.modules.memory;

import java.util.BitSet;
import java.util.List;
import ninja.mig.modules.memory.Examination.Kernel;

/** A process under the eyes of one search: which checks it has passed. What it matches is told to the search at once. */
final class Candidate {
    private final SearchRun run;
    private final SearchRun.Match process;
    private final Kernel kernel;
    private final BitSet open;
    private boolean off;

    Candidate(SearchRun run, String name, long pid, Kernel kernel) {
        this.run = run;
        this.process = new SearchRun.Match(name, pid);
        this.kernel = kernel;
        this.open = new BitSet();
        open.set(0, checks().size());
        this.off = checks().isEmpty();
    }

    MemorySearch.Options options() {
        return run.search().received().options();
    }

    List<Check> checks() {
        return run.search().checks();
    }

    /** Whether the process may still pass this check, and that makes a difference. */
    boolean awaits(int check) {
        return !off && open.get(check);
    }

    boolean awaitsLibraries() {
        return awaitsOne(Check.Library.class);
    }

    boolean awaitsMemory() {
        return awaitsOne(Check.OnMemory.class);
    }

    private boolean awaitsOne(Class<? extends Check> kind) {
        return !off && open.stream().anyMatch(check -> kind.isInstance(checks().get(check)));
    }

    void pass(int check) {
        if (!awaits(check) || kernel.isLeftBehind()) {
            return;
        }
        open.clear(check);
        if (!run.search().matchAll()) {
            run.add(check, process);
        } else if (open.isEmpty()) {
            run.add(0, process);
        }
    }

    void testName() {
        for (int i = 0; i < checks().size(); i++) {
            if (checks().get(i) instanceof Check.Name check && check.holds(process.name())) {
                pass(i);
            }
        }
        settle(Check.Name.class);
    }

    void testLibrary(String path) {
        for (int i = 0; i < checks().size(); i++) {
            if (checks().get(i) instanceof Check.Library check && awaits(i) && check.holds(path)) {
                pass(i);
            }
        }
    }

    /** No more checks of this kind will be passed: a search that needs them all is off. */
    void settle(Class<? extends Check> kind) {
        off |= run.search().matchAll() && awaitsOne(kind);
    }
}
