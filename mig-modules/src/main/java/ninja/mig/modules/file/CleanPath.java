package ninja.mig.modules.file;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths as texts: what a search names, without looking at the file system. */
final class CleanPath {
    static final Comparator<String> BYTE_ORDER =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private static final char BACKSLASH = '\\';

    /** {@code \\server\share}, {@code C:\}, {@code C:} for its current folder, or a backslash for the current drive. */
    private static final Pattern WINDOWS_ROOT =
            Pattern.compile("\\\\\\\\[^\\\\]+(\\\\+[^\\\\]+)?\\\\*|[a-zA-Z]:\\\\*|\\\\+");

    private CleanPath() {}

    /** Without repeated separators, {@code .}, {@code ..} and a trailing separator; relative paths stay relative. */
    static String clean(String path) {
        return clean(path, File.separatorChar);
    }

    /** @param separator a backslash for the paths of Windows, which slashes may separate too */
    static String clean(String path, char separator) {
        if (separator != BACKSLASH) {
            return path.startsWith("/") ? clean("/", path, separator) : clean("", path, separator);
        }
        String text = path.replace('/', BACKSLASH);
        Matcher root = WINDOWS_ROOT.matcher(text);
        return root.lookingAt()
                ? clean(windowsRoot(root.group()), text.substring(root.end()), separator)
                : clean("", text, separator);
    }

    /** @param root what {@code ..} does not leave; empty if the path is relative */
    private static String clean(String root, String rest, char separator) {
        boolean absolute = root.indexOf(separator) >= 0;
        Deque<String> parts = new ArrayDeque<>();
        for (String part : parts(rest, separator)) {
            if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
                parts.removeLast();
            } else if (!part.equals(".") && !(part.equals("..") && absolute)) {
                parts.addLast(part);
            }
        }
        String clean = root + String.join(String.valueOf(separator), parts);
        return clean.isEmpty() ? "." : clean;
    }

    private static List<String> parts(String text, char separator) {
        return Arrays.stream(text.split(Pattern.quote(String.valueOf(separator))))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** As Java writes it: with one backslash at its end, but for the current folder of a drive. */
    private static String windowsRoot(String text) {
        List<String> parts = parts(text, BACKSLASH);
        if (parts.isEmpty()) {
            return "\\";
        }
        if (text.charAt(0) == BACKSLASH) {
            // Without a share it is no path, and will be refused.
            return "\\\\" + String.join("\\", parts) + (parts.size() == 1 ? "" : "\\");
        }
        return parts.get(0) + (text.endsWith("\\") ? "\\" : "");
    }

    /** Whether a path is the folder itself or lies below it, by whole components. */
    static boolean isWithin(String path, String folder) {
        String prefix = folder.endsWith("/") || folder.endsWith("\\") ? folder : folder + File.separator;
        return path.equals(folder) || path.startsWith(prefix);
    }
}
