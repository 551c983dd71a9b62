package ninja.mig.modules;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Map;

/** Why something failed, in the words that people know from their systems: Java's messages are often a path alone. */
public final class Reason {
    private static final Map<Class<? extends IOException>, String> KNOWN = Map.of(
            NoSuchFileException.class, "no such file or directory",
            AccessDeniedException.class, "permission denied",
            NotDirectoryException.class, "not a directory",
            DirectoryNotEmptyException.class, "directory not empty",
            FileAlreadyExistsException.class, "file exists",
            FileSystemLoopException.class, "too many levels of symbolic links",
            PortUnreachableException.class, "connection refused");

    private Reason() {}

    /** The reason alone, such as {@code permission denied}. */
    public static String of(IOException e) {
        String known = KNOWN.get(e.getClass());
        if (known != null) {
            return known;
        }
        String text = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        if (text == null || text.isBlank()) {
            return "input/output error";
        }
        if (text.contains("NOFOLLOW_LINKS")) {
            return "a symbolic link has taken its place";
        }
        // The rest of a long text that Java puts together for links.
        String reason = text.replaceFirst(" or unable to access attributes.*", "");
        return reason.matches("(?s)\\p{Lu}\\p{Ll}.*")
                ? reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1)
                : reason;
    }

    /** The reason behind the path that it is about, as far as that is known: {@code /proc: permission denied}. */
    public static String withPath(IOException e) {
        return e instanceof FileSystemException f && f.getFile() != null ? f.getFile() + ": " + of(e) : of(e);
    }
}
