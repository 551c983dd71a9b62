package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.Utf8;
import ninja.mig.modules.Reason;

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
        return error(operation, path, Reason.of(cause));
    }

    static Problem error(String operation, Path path, String reason) {
        return new Problem("ERROR: " + operation + " " + display(path) + ": " + reason, Optional.empty());
    }

    /** A path that could not be opened, listed or resolved. */
    static Problem notOpened(String operation, Path path, IOException cause) {
        return notOpened(operation, path, isTooLong(path) ? TOO_LONG : Reason.of(cause));
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
}
