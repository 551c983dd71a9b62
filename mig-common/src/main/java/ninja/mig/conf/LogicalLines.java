package ninja.mig.conf;

import java.io.Reader;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * The lines of a configuration file as ini4j can read them: without comments, continued lines joined. Hands out one line
 * per read, so that {@link #line()} is the line that the parser is working on. A line of another form is reported and
 * left out.
 */
final class LogicalLines extends Reader {
    private static final Pattern FORM = Pattern.compile("\\[\\s*[A-Za-z0-9_.-]+\\s*]|[A-Za-z0-9_.-]+\\s*(?:=.*)?");

    private final List<String> lines;
    private final BiConsumer<Integer, String> problems;
    private boolean sectionSeen;
    private int next;
    private int line;
    private String current = "";
    private int position;

    LogicalLines(String text, BiConsumer<Integer, String> problems) {
        this.lines = withoutByteOrderMark(text).lines().toList();
        this.problems = problems;
    }

    private static String withoutByteOrderMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** Number of the line handed out last, from 1; of a continued one the first. */
    int line() {
        return line;
    }

    @Override
    public int read(char[] target, int offset, int length) {
        while (position == current.length()) {
            if (next == lines.size()) {
                return -1;
            }
            current = nextLine();
            position = 0;
        }
        int count = Math.min(length, current.length() - position);
        current.getChars(position, position + count, target, offset);
        position += count;
        return count;
    }

    private String nextLine() {
        line = next + 1;
        StringBuilder joined = new StringBuilder();
        Line physical;
        do {
            physical = Line.read(lines.get(next++));
            joined.append(physical.text());
        } while (physical.continues() && next < lines.size());
        if (physical.unclosed()) {
            problems.accept(line, "closing quote missing (write \\\\ for a backslash before a quote)");
            return "";
        }
        return checked(joined.toString().strip());
    }

    private String checked(String text) {
        if (text.isEmpty()) {
            return "";
        }
        if (!FORM.matcher(text).matches()) {
            problems.accept(line, "expected [section], key = value or a comment");
            return "";
        }
        if (text.startsWith("[")) {
            sectionSeen = true;
        } else if (!sectionSeen) {
            problems.accept(line, "key before the first [section]");
            return "";
        }
        return text + "\n";
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    /** One line of the file, up to its comment. */
    private record Line(String text, boolean continues, boolean unclosed) {
        static Line read(String raw) {
            boolean quoted = false;
            for (int i = 0; i < raw.length(); i++) {
                char c = raw.charAt(i);
                if (c == '"') {
                    quoted = !quoted;
                } else if (quoted && c == '\\' && i + 1 < raw.length() && isEscapable(raw.charAt(i + 1))) {
                    i++;
                } else if (!quoted && c == '\\' && i == raw.length() - 1) {
                    return new Line(raw.substring(0, i), true, false);
                } else if (!quoted && (c == ';' || c == '#')) {
                    return new Line(raw.substring(0, i), false, false);
                }
            }
            return new Line(raw, false, quoted);
        }
    }

    /** Whether a backslash before this character, inside quotes, takes its meaning away. */
    private static boolean isEscapable(char c) {
        return c == '"' || c == '\\';
    }
}
