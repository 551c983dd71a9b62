package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import ninja.mig.json.Utf8;

/** What went wrong on the way, each path once, up to a limit. */
final class Problems {
    private static final int HIGHEST_LIMIT = 10_000;

    private final int limit;
    private final long announced;
    private final List<String> texts = new ArrayList<>();
    private final Set<String> reported = new HashSet<>();
    private final Set<Path> notOpened = new HashSet<>();
    private long leftOut;

    /** @param maxErrors most texts; 0 for all */
    Problems(long maxErrors) {
        this.announced = maxErrors;
        this.limit = maxErrors == 0 ? HIGHEST_LIMIT : (int) Math.min(maxErrors, HIGHEST_LIMIT);
    }

    synchronized void error(String operation, Path path, IOException cause) {
        add("ERROR: " + operation + " " + display(path) + ": " + reason(cause));
    }

    synchronized void error(String operation, Path path, String reason) {
        add("ERROR: " + operation + " " + display(path) + ": " + reason);
    }

    /** A path that could not be opened, listed or resolved. */
    synchronized void notOpened(String operation, Path path, IOException cause) {
        if (notOpened.add(path)) {
            error(operation, path, cause);
        }
    }

    synchronized void warning(String text) {
        add("warning: " + text);
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
        return notOpened.size();
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
