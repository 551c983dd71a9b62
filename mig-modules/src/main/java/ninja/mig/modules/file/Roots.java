package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The paths that searches start from. A search with a single path joins a walk that comes by; one with several paths may
 * not, since its paths have an order. It only skips paths that it has come by itself.
 */
final class Roots {
    /** In ascending byte order, so that a folder comes before what lies in it. */
    private final Map<String, List<SearchRun>> byText = new TreeMap<>(CleanPath.BYTE_ORDER);

    private final Map<Path, List<SearchRun>> byPath = new HashMap<>();
    private final boolean repeat;

    Roots(List<SearchRun> runs, FileRun files) {
        for (SearchRun run : runs) {
            for (String root : run.search().roots()) {
                add(root, run, files);
            }
        }
        boolean links = byPath.keySet().stream().anyMatch(Files::isSymbolicLink);
        boolean several = runs.stream().anyMatch(run -> run.search().roots().size() > 1);
        repeat = byPath.size() > 1 && (links || several && SearchRun.nest(List.copyOf(byText.keySet())));
    }

    private void add(String root, SearchRun run, FileRun files) {
        try {
            Path path = Path.of(root);
            byText.computeIfAbsent(root, r -> new ArrayList<>()).add(run);
            byPath.computeIfAbsent(path, p -> new ArrayList<>()).add(run);
            if (run.search().roots().size() > 1) {
                run.expectTwice(path);
                target(path).ifPresent(run::expectTwice);
            }
        } catch (InvalidPathException e) {
            files.report(List.of(run), Problems.warning(root + " is not a path here: " + e.getReason()));
        }
    }

    private static Optional<Path> target(Path path) {
        try {
            return Files.isSymbolicLink(path) ? Optional.of(path.toRealPath()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // The walk comes to this link too, and reports what is wrong with it.
        }
    }

    /** Whether files may be evaluated more than once, for different searches. */
    boolean repeat() {
        return repeat;
    }

    List<String> inOrder() {
        return List.copyOf(byText.keySet());
    }

    /** The searches that still have to start from this path; they are struck off. */
    List<SearchRun> take(Path path) {
        List<SearchRun> runs = byPath.remove(path);
        return runs == null ? List.of() : runs;
    }

    boolean isEmpty() {
        return byPath.isEmpty();
    }

    /**
     * A walk has come to this path, a folder or a file that is no link.
     *
     * @param walking the searches that it walks for
     * @return those that join it here; they, and those of the walk that would come here again, are struck off
     */
    List<SearchRun> join(Path path, List<SearchRun> walking) {
        List<SearchRun> waiting = byPath.get(path);
        if (waiting == null) {
            return List.of();
        }
        List<SearchRun> joining = new ArrayList<>();
        waiting.removeIf(run -> {
            boolean alone = run.search().roots().size() == 1;
            if (alone) {
                joining.add(run);
            }
            return alone
                    || walking.contains(run)
                            && run.search().received().options().maxDepth() == 0;
        });
        return joining;
    }
}
