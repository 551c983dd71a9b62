package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import ninja.mig.modules.RunContext;

/**
 * Walks the paths of all searches. Searches share a walk wherever they can; the outcome is as if each walked alone. Links to folders are never followed, special files never opened.
 */
final class FileWalk {
    private static final int DEEPEST = 1000;

    private final FileRun files;
    private final RunContext context;
    private final Scouts scouts;

    FileWalk(FileRun files, Scouts scouts, RunContext context) {
        this.files = files;
        this.scouts = scouts;
        this.context = context;
    }

    /** A search on its way. @param level of the folder, counted from the search's own path, which is level 1 */
    private record Visit(SearchRun run, int level) {
        boolean goesOn() {
            return run.reaches(level) && run.takesMore();
        }

        /** As it looks now. */
        boolean mayGoOn() {
            return run.reaches(level) && !run.isFull();
        }
    }

    /** A folder whose files are done. @param level from the start of the walk @param visits of its sub-folders */
    private record Folder(Path path, int level, List<Visit> visits, SubFolders inside) {}

    void walk(List<SearchRun> runs) {
        Roots roots = new Roots(runs, files);
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
            Look look = Look.at(path, LinkOption.NOFOLLOW_LINKS);
            if (look.isLink()) {
                link(path, runs);
            } else if (look.isDirectory()) {
                folders(path, runs, roots);
            } else if (look.isRegular()) {
                files.evaluate(path, look, runs);
            } else {
                files.report(runs, Problems.warning(Problems.display(path) + " is not a file or directory"));
            }
        } catch (IOException e) {
            files.report(runs, Problems.notOpened("stat", path, e));
        }
    }

    private void link(Path path, List<SearchRun> runs) {
        try {
            Path target = path.toRealPath();
            Look look = Look.at(target);
            if (look.isRegular()) {
                files.evaluate(target, look, runs);
            } else {
                files.report(
                        runs,
                        Problems.warning(Problems.display(path) + " is a link to " + Problems.display(target)
                                + " and is not followed"));
            }
        } catch (IOException e) {
            files.report(runs, Problems.notOpened("readlink", path, e));
        }
    }

    /** Files of a folder first, then its sub-folders in byte order, depth first; no recursion, no limit by the stack. */
    private void folders(Path root, List<SearchRun> runs, Roots roots) {
        SubFolders.Room room = new SubFolders.Room();
        Deque<Folder> open = new ArrayDeque<>();
        enter(root, 1, runs.stream().map(run -> new Visit(run, 1)).toList(), roots, room)
                .ifPresent(open::push);
        while (!open.isEmpty() && !context.mustStop()) {
            Folder folder = open.peek();
            Optional<Path> next = next(folder);
            if (next.isEmpty()) {
                open.pop();
            } else {
                sendScouts(next.get(), open, roots);
                enter(next.get(), folder.level() + 1, folder.visits(), roots, room)
                        .ifPresent(open::push);
            }
        }
        scouts.forget();
    }

    /** While the walk is in one folder, others look at those that are known to come behind it. */
    private void sendScouts(Path now, Deque<Folder> open, Roots roots) {
        if (scouts.most() == 0) {
            return;
        }
        List<Scouts.Goal> then = new ArrayList<>();
        for (Folder folder : open) {
            if (folder.inside().waiting().isEmpty() || folder.level() == DEEPEST) {
                continue;
            }
            List<SearchRun> runs =
                    runs(folder.visits().stream().filter(Visit::mayGoOn).toList());
            if (!runs.isEmpty()) {
                folder.inside().waiting().stream()
                        .limit(scouts.most() - then.size())
                        .forEach(path -> then.add(new Scouts.Goal(path, runs, roots.isEmpty())));
            }
            if (then.size() == scouts.most()) {
                break;
            }
        }
        scouts.send(now, then);
    }

    private Optional<Path> next(Folder folder) {
        try {
            return folder.inside().next();
        } catch (IOException e) {
            files.report(runs(folder.visits()), Problems.notOpened("list", folder.path(), e));
            return Optional.empty();
        }
    }

    /** Evaluates the files of a folder. @return nothing if nobody goes on there */
    private Optional<Folder> enter(Path path, int level, List<Visit> coming, Roots roots, SubFolders.Room room) {
        List<Visit> visits = visits(path, coming, roots);
        if (visits.isEmpty()) {
            return Optional.empty();
        }
        if (level > DEEPEST) {
            files.report(runs(visits), Problems.error("list", path, "more than " + DEEPEST + " levels of directories"));
            return Optional.empty();
        }
        SubFolders inside = new SubFolders(path, room, context);
        list(path, runs(visits), inside, roots);
        List<Visit> below = visits.stream()
                .map(visit -> new Visit(visit.run(), visit.level() + 1))
                .toList();
        return Optional.of(new Folder(path, level, below, inside));
    }

    /** Who enters a folder: those who came here and go on, and those who start here. */
    private static List<Visit> visits(Path path, List<Visit> coming, Roots roots) {
        List<Visit> visits = new ArrayList<>(coming);
        visits.removeIf(visit -> !visit.goesOn());
        if (!visits.isEmpty() && !roots.isEmpty()) {
            roots.join(path, runs(visits)).forEach(run -> visits.add(new Visit(run, 1)));
        }
        return visits;
    }

    private void list(Path folder, List<SearchRun> runs, SubFolders inside, Roots roots) {
        Optional<List<Entry>> seen = scouts.seen(folder);
        if (seen.isEmpty()) {
            look(folder, runs, inside, roots);
            return;
        }
        for (Entry entry : seen.get()) {
            if (context.mustStop()) {
                return;
            }
            evaluate(entry, runs, inside, roots);
        }
    }

    private void look(Path folder, List<SearchRun> runs, SubFolders inside, Roots roots) {
        SortedFolder entries = new SortedFolder(folder, Optional.empty(), context);
        try {
            while (entries.hasMore() && (!roots.isEmpty() || runs.stream().anyMatch(SearchRun::takesMore))) {
                List<Path> portion = entries.next();
                boolean namesDecide = roots.isEmpty() && scouts.namesDecide(folder, portion.size(), runs);
                for (Path path : portion) {
                    if (context.mustStop()) {
                        return;
                    }
                    evaluate(Entry.at(path, namesDecide, runs), runs, inside, roots);
                }
            }
        } catch (IOException e) {
            files.report(runs, Problems.notOpened("list", folder, e));
        }
    }

    private void evaluate(Entry entry, List<SearchRun> runs, SubFolders inside, Roots roots) {
        if (entry instanceof Entry.Seen seen) {
            evaluate(seen.path(), seen.look(), runs, inside, roots);
        } else if (entry instanceof Entry.Unseen unseen) {
            files.report(runs, Problems.notOpened("stat", unseen.path(), unseen.cause()));
        } else {
            files.passOver(entry.path(), runs);
        }
    }

    private void evaluate(Path path, Look look, List<SearchRun> runs, SubFolders inside, Roots roots) {
        if (look.isRegular()) {
            files.evaluate(path, look, withJoining(path, runs, roots));
        } else if (look.isDirectory()) {
            inside.add(path);
        } else if (look.isLink()) {
            try {
                Look target = Look.at(path);
                if (target.isRegular()) {
                    files.evaluate(path, target, runs);
                }
            } catch (IOException e) {
                files.report(runs, Problems.notOpened("stat", path, e));
            }
        }
    }

    private static List<SearchRun> runs(List<Visit> visits) {
        return visits.stream().map(Visit::run).toList();
    }

    private static List<SearchRun> withJoining(Path file, List<SearchRun> runs, Roots roots) {
        List<SearchRun> joining = roots.isEmpty() ? List.of() : roots.join(file, List.of());
        if (joining.isEmpty()) {
            return runs;
        }
        List<SearchRun> all = new ArrayList<>(runs);
        all.addAll(joining);
        return all;
    }
}
