package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import ninja.mig.modules.RunContext;

/**
 * Looks at the folders that a walk comes to next, ahead of it, where processors are free. What goes wrong there nobody is
 * told: the walk finds out itself when it comes.
 */
final class Scouts {
    /** Folders for each helper, which is done with one while the walk is in another. */
    private static final int AHEAD = 4;

    /** Larger folders are left to the walk: what was seen takes memory until the walk comes. */
    static final int MOST_ENTRIES = 1024;

    /** What all that was seen may take, roughly. */
    private static final int ROOM = 4 << 20;

    /** Each path is there as bytes and as text. */
    private static final int COPIES = 2;

    /** In smaller folders a look at every entry costs little, and tells of broken links. */
    private static final int WORTH_LESS_LOOKING = 32;

    private final Readers helpers;
    private final RunContext context;
    private final LeafFolders leaves = new LeafFolders();

    /** By the text of the folder: on some systems paths are equal whose folders are not. */
    private Map<String, FutureTask<Optional<List<Entry>>>> ahead = Map.of();

    /** @param helpers whose threads look */
    Scouts(Readers helpers, RunContext context) {
        this.helpers = helpers;
        this.context = context;
    }

    /**
     * A folder that the walk will enter.
     *
     * @param runs the searches that it will enter it for
     * @param alone whether no other search may start there
     */
    record Goal(Path folder, List<SearchRun> runs, boolean alone) {}

    /** How many folders are looked at ahead of the walk; 0 if no processor will be free. */
    int most() {
        return AHEAD * helpers.helpers();
    }

    /**
     * Tells where the walk goes. What was seen of other folders is forgotten.
     *
     * @param now to which it goes at once
     * @param then those behind it, in order
     */
    void send(Path now, List<Goal> then) {
        Map<String, FutureTask<Optional<List<Entry>>>> tasks = new HashMap<>();
        Optional.ofNullable(ahead.get(now.toString())).ifPresent(task -> tasks.put(now.toString(), task));
        List<Runnable> waiting = new ArrayList<>();
        for (Goal goal : then) {
            FutureTask<Optional<List<Entry>>> task = ahead.get(goal.folder().toString());
            if (task == null) {
                task = new FutureTask<>(() -> look(goal));
            }
            tasks.put(goal.folder().toString(), task);
            if (!task.isDone()) {
                waiting.add(task);
            }
        }
        ahead = tasks;
        helpers.lookAhead(waiting);
    }

    /** The walk has ended. Who comes to the same folders again comes for other searches. */
    void forget() {
        ahead = Map.of();
        helpers.lookAhead(List.of());
    }

    /** What was seen of a folder; nothing if the walk has to look itself. */
    Optional<List<Entry>> seen(Path folder) {
        FutureTask<Optional<List<Entry>>> task = ahead.get(folder.toString());
        if (task == null) {
            return Optional.empty();
        }
        task.run(); // Unless somebody is there already.
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts a run", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a folder could not be examined", e.getCause());
        }
    }

    private int mostEntries(Path folder) {
        return Math.min(MOST_ENTRIES, ROOM / Math.max(1, most()) / (COPIES * SortedFolder.bytes(folder)));
    }

    private Optional<List<Entry>> look(Goal goal) {
        try {
            Optional<List<Path>> paths = SortedFolder.ofFew(goal.folder(), mostEntries(goal.folder()));
            if (paths.isEmpty()) {
                return Optional.empty();
            }
            boolean namesDecide =
                    goal.alone() && namesDecide(goal.folder(), paths.get().size(), goal.runs());
            List<Entry> entries = new ArrayList<>(paths.get().size());
            for (Path path : paths.get()) {
                if (context.mustStop()) {
                    return Optional.empty();
                }
                entries.add(Entry.at(path, namesDecide, goal.runs()));
            }
            return Optional.of(entries);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether entries whose names exclude them from all searches need no look: none of them is a folder. They count as
     * files; whether they are broken links nobody is told.
     *
     * @param size number of entries
     * @param runs all the searches that may want one of them
     */
    boolean namesDecide(Path folder, int size, List<SearchRun> runs) {
        return size >= WORTH_LESS_LOOKING
                && runs.stream().allMatch(SearchRun::excludesByName)
                && leaves.contains(folder);
    }
}
