package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ninja.mig.json.Utf8;

/** What went wrong on the way, each path once, up to a limit. */
final class Problems {
    private static final int HIGHEST_LIMIT = 10_000;

    private final int limit;
    private final long announced;
    private final List<String> texts = new ArrayList<>();
    private final PathSet reported = new PathSet();
    private final PathSet notOpened = new PathSet();
    private int notOpenedCount;
    private long leftOut;

    /** @param maxErrors most texts; 0 for all */
    Problems(long maxErrors) {
        this.announced = maxErrors;
        this.limit = maxErrors == 0 ? HIGHEST_LIMIT : (int) Math.min(maxErrors, HIGHEST_LIMIT);
    }

    /** Something that went wrong. @param notOpened the path that could not be opened, listed or resolved, if so */
    record Problem(String text, Optional<Path> notOpened) {}

    static Problem error(String operation, Path path, IOException cause) {
        return error(operation, path, reason(cause));
    }

    static Problem error(String operation, Path path, String reason) {
        return new Problem("ERROR: " + operation + " " + display(path) + ": " + reason, Optional.empty());
    }

    /** A path that could not be opened, listed or resolved. */
    static Problem notOpened(String operation, Path path, IOException cause) {
        return new Problem(error(operation, path, cause).text(), Optional.of(path));
    }

    static Problem warning(String text) {
        return new Problem("warning: " + text, Optional.empty());
    }

    synchronized void add(Problem problem) {
        if (problem.notOpened().isPresent()) {
            if (!notOpened.add(RawPath.text(problem.notOpened().get()))) {
                return;
            }
            notOpenedCount++;
        }
        add(problem.text());
    }

    private void add(String text) {
        if (!reported.add(text)) {
            return;
        }
        if (texts.size() < limit) {
            texts.add(text);
        } else {
            leftOut++;
        }
    }

    synchronized int notOpenedCount() {
        return notOpenedCount;
    }

    synchronized List<String> texts() {
        List<String> all = new ArrayList<>(texts);
        if (leftOut > 0) {
            all.add("warning: " + leftOut + " more errors were left out, the limit is "
                    + (announced == 0 ? HIGHEST_LIMIT : limit));
        }
        return all;
    }

    static String display(Path path) {
        return Utf8.decode(RawPath.bytes(path));
    }

    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (e instanceof FileSystemLoopException) {
            return "too many levels of symbolic links";
        }
        String text = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        // The rest of a long text that Java puts together for links.
        return text == null
                ? "input/output error"
                : text.toLowerCase(Locale.ROOT).replaceFirst(" or unable to access attributes.*", "");
    }
}
