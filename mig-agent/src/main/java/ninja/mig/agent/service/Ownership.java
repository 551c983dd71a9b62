package ninja.mig.agent.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who can change a file, or put another one in its place: the owners and modes of the file and of all folders above it, also
 * of those that links on the way lead through.
 */
final class Ownership {
    private static final int OTHERS_WRITE = 0002;
    private static final int GROUP_WRITE = 0020;
    private static final int STICKY = 01000;
    private static final int MOST_LINKS = 40;

    private Ownership() {}

    /** @return what others than root and this user could do, none if there is no such file */
    static List<Danger> dangers(Path path) throws IOException {
        Set<Danger> found = new LinkedHashSet<>();
        Path next = path.toAbsolutePath();
        for (int links = 0; Files.exists(next, LinkOption.NOFOLLOW_LINKS); links++) {
            if (links > MOST_LINKS) {
                throw new IOException(path + " leads from link to link");
            }
            Path parent = next.getParent() == null ? next : next.getParent();
            examine(next, path, found);
            for (Path folder = parent; folder != null; folder = folder.getParent()) {
                examine(folder, path, found);
            }
            for (Path folder = parent.toRealPath(); folder != null; folder = folder.getParent()) {
                examine(folder, path, found);
            }
            if (!Files.isSymbolicLink(next)) {
                break;
            }
            next = parent.toRealPath().resolve(Files.readSymbolicLink(next));
        }
        return List.copyOf(found);
    }

    private static void examine(Path part, Path path, Set<Danger> found) throws IOException {
        if (Files.isSymbolicLink(part)) {
            return; // its folder counts
        }
        String user = System.getProperty("user.name");
        String owner = Files.getOwner(part).getName();
        int mode = (Integer) Files.getAttribute(part, "unix:mode");
        // Where nobody may move what belongs to others, as in /tmp, the next folder is what counts.
        boolean sticky = Files.isDirectory(part) && (mode & STICKY) != 0 && !part.equals(path);
        List<String> reasons = new ArrayList<>();
        if (!owner.equals(user) && !owner.equals("root")) {
            reasons.add("belongs to '" + owner + "'");
        }
        if ((mode & OTHERS_WRITE) != 0 && !sticky) {
            reasons.add("is open to all");
        } else if ((mode & GROUP_WRITE) != 0 && !sticky) {
            reasons.add("is open to its group");
        }
        if (!reasons.isEmpty()) {
            boolean itself = part.equals(path);
            String remedy = "chown it to " + user + " and chmod go-w it";
            found.add(new Danger(
                    path + (itself ? " can be changed by others than " : " can be changed or replaced by others than ")
                            + user + ", since " + (itself ? "it " : part + " ") + String.join(" and ", reasons),
                    itself ? remedy : remedy + ", or move " + path.getFileName() + " elsewhere"));
        }
    }
}
