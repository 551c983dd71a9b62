package ninja.mig.modules.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;

/** Paths as texts: what a search names, without looking at the file system. */
final class CleanPath {
    static final Comparator<String> BYTE_ORDER =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private static final boolean WINDOWS = java.io.File.separatorChar == '\\';

    private CleanPath() {}

    /** Without repeated separators, {@code .}, {@code ..} and a trailing separator; relative paths stay relative. */
    static String clean(String path) {
        String text = WINDOWS ? path.replace('\\', '/') : path;
        boolean absolute = text.startsWith("/");
        Deque<String> parts = new ArrayDeque<>();
        for (String part : text.split("/")) {
            if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
                parts.removeLast();
            } else if (part.equals("..") && !absolute) {
                parts.addLast(part);
            } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
                parts.addLast(part);
            }
        }
        String joined = String.join(WINDOWS ? "\\" : "/", parts);
        if (absolute) {
            return "/" + joined;
        }
        return joined.isEmpty() ? "." : joined;
    }

    /** Whether a path is the folder itself or lies below it, by whole components. */
    static boolean isWithin(String path, String folder) {
        String prefix = folder.endsWith("/") || folder.endsWith("\\") ? folder : folder + java.io.File.separator;
        return path.equals(folder) || path.startsWith(prefix);
    }
}
