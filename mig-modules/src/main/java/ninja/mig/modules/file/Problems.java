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
    static final int HIGHEST_LIMIT = 10_000;

    /** Of all texts together, in characters. */
    private static final int LONGEST = 1 << 20;

    /** What Linux takes as a path, with the zero behind it. */
    private static final int MOST_PATH = 4096;

    private static final String TOO_LONG = "the path has more than 4095 bytes, which the system does not open";

    private final int limit;
    private final List<String> texts = new ArrayList<>();

    /** Paths that could not be opened, and texts of what else there was. */
    private final PathSet reported = new PathSet();

    private int length;
    private int notOpenedCount;
    private long leftOut;

    /** @param maxErrors most texts; 0 for as many as there may be */
    Problems(long maxErrors) {
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
        return notOpened(operation, path, isTooLong(path) ? TOO_LONG : reason(cause));
    }

    static Problem notOpened(String operation, Path path, String reason) {
        return new Problem(error(operation, path, reason).text(), Optional.of(path));
    }

    /** The kernel says "file name too long", also where no name is. */
    private static boolean isTooLong(Path path) {
        return path.toString().length() > MOST_PATH / 3 && RawPath.bytes(path).length >= MOST_PATH;
    }

    static Problem warning(String text) {
        return new Problem("warning: " + text, Optional.empty());
    }

    synchronized void add(Problem problem) {
        if (problem.notOpened().isPresent()) {
            if (!reported.add(RawPath.text(problem.notOpened().get()))) {
                return;
            }
            notOpenedCount++;
        } else if (!reported.add(problem.text())) {
            return;
        }
        add(problem.text());
    }

    private void add(String text) {
        if (texts.size() < limit && length + text.length() <= LONGEST) {
            texts.add(text);
            length += text.length();
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
                    + (texts.size() == limit ? limit : LONGEST + " characters"));
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
        if (text != null && text.contains("NOFOLLOW_LINKS")) {
            return "a symbolic link has taken its place";
        }
        // The rest of a long text that Java puts together for links.
        return text == null
                ? "input/output error"
                : text.toLowerCase(Locale.ROOT).replaceFirst(" or unable to access attributes.*", "");
    }
}
