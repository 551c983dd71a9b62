package ninja.mig.modules.file;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import ninja.mig.modules.RunContext;

/**
 * The entries of a folder in byte order. Those of a huge folder come in portions, for each of which the folder is read
 * again: time is lost then, but neither the order nor memory.
 */
final class SortedFolder {
    private static final int PORTION_BYTES = 4 << 20;
    private static final int SMALLEST_PORTION = 4096;

    private static final Comparator<Path> BY_TEXT =
            (one, other) -> one.toString().compareTo(other.toString());

    /** Of bytes; on Windows of UTF-16, as its paths compare without regard to case, though names may differ in it alone. */
    private static final Comparator<Path> ORDER = File.separatorChar == '\\' ? BY_TEXT : Comparator.naturalOrder();

    private final Path folder;
    private final RunContext context;
    private final int portion;
    private Optional<Path> last = Optional.empty();
    private boolean more = true;

    /** @param after where to begin, behind it */
    SortedFolder(Path folder, Optional<Path> after, RunContext context) {
        this(folder, after, context, Math.max(SMALLEST_PORTION, PORTION_BYTES / bytes(folder)));
    }

    SortedFolder(Path folder, Optional<Path> after, RunContext context, int portion) {
        this.folder = folder;
        this.last = after;
        this.context = context;
        this.portion = portion;
    }

    /** All entries of a folder that has few; nothing if it has more than so many. */
    static Optional<List<Path>> ofFew(Path folder, int most) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path entry : stream) {
                if (found.size() == most) {
                    return Optional.empty();
                }
                found.add(entry);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        sort(found);
        return Optional.of(found);
    }

    /** What an entry of a folder takes in memory, roughly. */
    static int bytes(Path folder) {
        return 200 + folder.toString().length();
    }

    boolean hasMore() {
        return more && !context.mustStop();
    }

    /** The next entries, at most twice a portion. */
    List<Path> next() throws IOException {
        List<Path> found = new ArrayList<>();
        more = false;
        Optional<Path> end = Optional.empty();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path entry : stream) {
                if (last.isPresent() && ORDER.compare(entry, last.get()) <= 0
                        || end.isPresent() && ORDER.compare(entry, end.get()) > 0) {
                    continue;
                }
                found.add(entry);
                if (found.size() > 2 * portion) {
                    sort(found);
                    found.subList(portion, found.size()).clear();
                    end = Optional.of(found.get(portion - 1));
                    more = true;
                    if (context.mustStop()) {
                        break;
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        sort(found);
        if (!found.isEmpty()) {
            last = Optional.of(found.get(found.size() - 1));
        }
        return found;
    }

    /** Java compares texts many bytes at a time, paths byte by byte; of ASCII the order is the same. */
    private static void sort(List<Path> entries) {
        entries.sort(areAscii(entries) ? BY_TEXT : ORDER);
    }

    private static boolean areAscii(List<Path> entries) {
        for (Path entry : entries) {
            String text = entry.toString();
            for (int k = text.length() - 1; k >= 0 && text.charAt(k) != File.separatorChar; k--) {
                if (text.charAt(k) >= 0x80) {
                    return false;
                }
            }
        }
        return true;
    }
}
