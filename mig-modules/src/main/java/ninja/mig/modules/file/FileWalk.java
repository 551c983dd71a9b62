package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import ninja.mig.modules.RunContext;

/**
 * Walks the paths of all searches. Searches share a walk wherever they can; the outcome is as if each walked alone. Links to folders are never followed, special files never opened.
 */
final class FileWalk {
    private static final int DEEPEST = 1000;
    private static final int CHUNK = 1_000_000;

    private final FileRun files;
    private final Problems problems;
    private final RunContext context;

    FileWalk(FileRun files, Problems problems, RunContext context) {
        this.files = files;
        this.problems = problems;
        this.context = context;
    }

    /** A search on its way. @param level of the folder, counted from the search's own path, which is level 1 */
    private record Visit(SearchRun run, int level) {
        boolean goesOn() {
            return run.reaches(level) && !run.isFull();
        }
    }

    /** @param level from the start of the walk */
    private record Folder(Path path, int level, List<Visit> visits) {}

    void walk(List<SearchRun> runs) {
        Roots roots = new Roots(runs, problems);
        if (roots.repeat()) {
            files.expectRepetitions();
        }
        for (String root : roots.inOrder()) {
            Path path = Path.of(root);
            List<SearchRun> waiting = roots.take(path);
            if (!waiting.isEmpty() && !context.mustStop()) {
                root(path, waiting, roots);
            }
        }
    }

    private void root(Path path, List<SearchRun> runs, Roots roots) {
        try {
            Attributes attributes = Attributes.of(path, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isLink()) {
                link(path, runs);
            } else if (attributes.isDirectory()) {
                folders(path, runs, roots);
            } else if (attributes.isRegular()) {
                files.evaluate(path, attributes, runs);
            } else {
                problems.warning(Problems.display(path) + " is not a file or directory");
            }
        } catch (IOException e) {
            problems.notOpened("stat", path, e);
        }
    }

    private void link(Path path, List<SearchRun> runs) {
        try {
            Path target = path.toRealPath();
            Attributes attributes = Attributes.of(target);
            if (attributes.isRegular()) {
                files.evaluate(target, attributes, runs);
            } else {
                problems.warning(
                        Problems.display(path) + " is a link to " + Problems.display(target) + " and is not followed");
            }
        } catch (IOException e) {
            problems.notOpened("readlink", path, e);
        }
    }

    /** Files of a folder first, then its sub-folders in byte order, depth first; no recursion, no limit by the stack. */
    private void folders(Path root, List<SearchRun> runs, Roots roots) {
        Deque<Folder> waiting = new ArrayDeque<>();
        waiting.push(
                new Folder(root, 1, runs.stream().map(run -> new Visit(run, 1)).toList()));
        while (!waiting.isEmpty() && !context.mustStop()) {
            Folder folder = waiting.pop();
            List<Visit> visits = visits(folder, roots);
            if (visits.isEmpty()) {
                continue;
            }
            if (folder.level() > DEEPEST) {
                problems.error("list", folder.path(), "more than " + DEEPEST + " levels of directories");
                continue;
            }
            List<Path> inside =
                    list(folder.path(), visits.stream().map(Visit::run).toList(), roots);
            List<Visit> below = visits.stream()
                    .map(visit -> new Visit(visit.run(), visit.level() + 1))
                    .toList();
            Collections.reverse(inside);
            inside.forEach(path -> waiting.push(new Folder(path, folder.level() + 1, below)));
        }
    }

    /** Who enters a folder: those who came here and go on, and those who start here. */
    private static List<Visit> visits(Folder folder, Roots roots) {
        List<Visit> visits = new ArrayList<>(folder.visits());
        visits.removeIf(visit -> !visit.goesOn());
        if (!visits.isEmpty()) {
            roots.join(folder.path(), visits.stream().map(Visit::run).toList())
                    .forEach(run -> visits.add(new Visit(run, 1)));
        }
        return visits;
    }

    /** Evaluates the files of a folder. @return its sub-folders in byte order */
    private List<Path> list(Path folder, List<SearchRun> runs, Roots roots) {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            Iterator<Path> entries = stream.iterator();
            while (entries.hasNext() && !context.mustStop()) {
                List<Path> chunk = new ArrayList<>();
                while (chunk.size() < CHUNK && entries.hasNext()) {
                    chunk.add(entries.next());
                }
                Collections.sort(chunk);
                for (Path entry : chunk) {
                    if (context.mustStop()) {
                        break;
                    }
                    entry(entry, runs, folders, roots);
                }
            }
        } catch (DirectoryIteratorException e) {
            problems.notOpened("list", folder, e.getCause());
        } catch (IOException e) {
            problems.notOpened("list", folder, e);
        }
        Collections.sort(folders);
        return folders;
    }

    private void entry(Path path, List<SearchRun> runs, List<Path> folders, Roots roots) {
        try {
            Attributes attributes = Attributes.of(path, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isRegular()) {
                files.evaluate(path, attributes, withJoining(path, runs, roots));
            } else if (attributes.isDirectory()) {
                folders.add(path);
            } else if (attributes.isLink()) {
                Attributes target = Attributes.of(path);
                if (target.isRegular()) {
                    files.evaluate(path, target, runs);
                }
            }
        } catch (IOException e) {
            problems.notOpened("stat", path, e);
        }
    }

    private static List<SearchRun> withJoining(Path file, List<SearchRun> runs, Roots roots) {
        List<SearchRun> joining = roots.join(file, List.of());
        if (joining.isEmpty()) {
            return runs;
        }
        List<SearchRun> all = new ArrayList<>(runs);
        all.addAll(joining);
        return all;
    }
}
