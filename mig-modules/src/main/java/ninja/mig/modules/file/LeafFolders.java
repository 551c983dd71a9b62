package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells folders without sub-folders by their number of links: each sub-folder is one link more to its parent, beside the two
 * that every folder has. Only some file systems count so; of all others it says nothing. Any thread may ask.
 */
final class LeafFolders {
    private static final Set<String> COUNTING = Set.of("ext2", "ext3", "ext4", "xfs", "tmpfs");
    private static final boolean UNIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    private static final int LINKS_OF_A_LEAF = 2;

    private final Map<Object, Boolean> counting = new ConcurrentHashMap<>();

    /** @param folder that has been listed already: a sub-folder that is in the list and still there is counted */
    boolean contains(Path folder) {
        if (!UNIX) {
            return false;
        }
        try {
            Map<String, Object> seen = Files.readAttributes(folder, "unix:nlink,dev", LinkOption.NOFOLLOW_LINKS);
            if (!Integer.valueOf(LINKS_OF_A_LEAF).equals(seen.get("nlink"))) {
                return false;
            }
            Boolean known = counting.get(seen.get("dev"));
            if (known == null) {
                known = COUNTING.contains(Files.getFileStore(folder).type());
                counting.put(seen.get("dev"), known);
            }
            return known;
        } catch (IOException e) {
            return false; // It has vanished, or nobody may look: whoever looks at its entries says so.
        }
    }
}
