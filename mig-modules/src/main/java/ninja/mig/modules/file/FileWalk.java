package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ninja.mig.modules.RunContext;

/**
 * Walks the paths of all searches. A path that several searches name is walked once for all of them; the outcome is as if
 * each walked alone. Links to folders are never followed, special files never opened.
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

    private record Folder(Path path, int level) {}

    void walk(List<SearchRun> runs) {
        Map<String, List<SearchRun>> roots = new TreeMap<>(CleanPath.BYTE_ORDER);
        for (SearchRun run : runs) {
            for (String root : run.search().roots()) {
                roots.computeIfAbsent(root, r -> new ArrayList<>()).add(run);
            }
        }
        roots.forEach((root, wanting) -> {
            if (!context.mustStop()) {
                root(root, wanting);
            }
        });
    }

    private void root(String root, List<SearchRun> runs) {
        Path path;
        try {
            path = Path.of(root);
        } catch (InvalidPathException e) {
            problems.warning(root + " is not a path here: " + e.getReason());
            return;
        }
        try {
            Attributes attributes = Attributes.of(path, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isLink()) {
                link(path, runs);
            } else if (attributes.isDirectory()) {
                folders(path, runs);
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
    private void folders(Path root, List<SearchRun> runs) {
        Deque<Folder> waiting = new ArrayDeque<>();
        waiting.push(new Folder(root, 1));
        while (!waiting.isEmpty() && !context.mustStop()) {
            Folder folder = waiting.pop();
            List<SearchRun> reaching = runs.stream()
                    .filter(run -> run.reaches(folder.level()) && !run.isFull())
                    .toList();
            if (reaching.isEmpty()) {
                continue;
            }
            if (folder.level() > DEEPEST) {
                problems.error("list", folder.path(), "more than " + DEEPEST + " levels of directories");
                continue;
            }
            List<Path> inside = list(folder.path(), reaching);
            Collections.reverse(inside);
            inside.forEach(path -> waiting.push(new Folder(path, folder.level() + 1)));
        }
    }

    /** Evaluates the files of a folder. @return its sub-folders in byte order */
    private List<Path> list(Path folder, List<SearchRun> runs) {
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
                    entry(entry, runs, folders);
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

    private void entry(Path path, List<SearchRun> runs, List<Path> folders) {
        try {
            Attributes attributes = Attributes.of(path, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isRegular()) {
                files.evaluate(path, attributes, runs);
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
}
