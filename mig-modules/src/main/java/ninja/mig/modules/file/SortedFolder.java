package ninja.mig.modules.file;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

    private static final int KEY_LENGTH = 5;
    private static final int PLACE_BITS = 24;

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
                if (last.isPresent() && entry.compareTo(last.get()) <= 0
                        || end.isPresent() && entry.compareTo(end.get()) > 0) {
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

    /**
     * In byte order. Java compares whole paths byte by byte, which took longer than all the rest of a walk: here they are
     * sorted as numbers, made of the first five characters in which their names differ and their place in the list.
     */
    private void sort(List<Path> entries) {
        int common = commonLength(entries);
        if (common < 0) {
            Collections.sort(entries);
            return;
        }
        long[] keys = new long[entries.size()];
        for (int i = 0; i < keys.length; i++) {
            String text = entries.get(i).toString();
            long key = 0;
            for (int k = common; k < common + KEY_LENGTH; k++) {
                key = key << Byte.SIZE | (k < text.length() ? text.charAt(k) : 0);
            }
            keys[i] = key << PLACE_BITS | i;
        }
        Arrays.sort(keys);
        Path[] sorted = new Path[keys.length];
        int start = 0;
        for (int i = 0; i < keys.length; i++) {
            sorted[i] = entries.get((int) keys[i] & (1 << PLACE_BITS) - 1);
            if (keys[i] >> PLACE_BITS != keys[start] >> PLACE_BITS) {
                sort(sorted, start, i);
                start = i;
            }
        }
        sort(sorted, start, sorted.length);
        for (int i = 0; i < sorted.length; i++) {
            entries.set(i, sorted[i]);
        }
    }

    /** Those that are alike so far. */
    private static void sort(Path[] paths, int from, int to) {
        if (to - from > 1) {
            Arrays.sort(paths, from, to);
        }
    }

    /** How many characters all paths begin with; -1 if a name is not ASCII, or there are too many. */
    private int commonLength(List<Path> entries) {
        if (entries.isEmpty() || entries.size() >= 1 << PLACE_BITS) {
            return -1;
        }
        String first = entries.get(0).toString();
        int names = first.lastIndexOf(File.separatorChar) + 1;
        int common = first.length();
        for (Path entry : entries) {
            String text = entry.toString();
            for (int k = names; k < text.length(); k++) {
                if (text.charAt(k) >= 0x80) {
                    return -1;
                }
                if (k < common && text.charAt(k) != first.charAt(k)) {
                    common = k;
                }
            }
            common = Math.min(common, text.length());
        }
        return common;
    }
}
