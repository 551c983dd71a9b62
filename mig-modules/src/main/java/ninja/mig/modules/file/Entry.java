package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** An entry of a folder, and what is known of it before anything is evaluated. */
sealed interface Entry {
    Path path();

    /** Links are not followed. */
    record Seen(Path path, Look look) implements Entry {}

    /** Its name excludes it from all searches, and it is no folder: nobody has looked. */
    record Excluded(Path path) implements Entry {}

    /** Nobody may look, or it has vanished. */
    record Unseen(Path path, IOException cause) implements Entry {}

    /** @param namesDecide whether entries whose names exclude them from all the searches need no look */
    static Entry at(Path path, boolean namesDecide, List<SearchRun> runs) {
        if (namesDecide && isExcluded(path, runs)) {
            return new Excluded(path);
        }
        try {
            return new Seen(path, Look.at(path, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return new Unseen(path, e);
        }
    }

    private static boolean isExcluded(Path path, List<SearchRun> runs) {
        byte[] name = RawPath.name(path);
        for (SearchRun run : runs) {
            if (!run.isExcluded(name)) {
                return false;
            }
        }
        return true;
    }
}
