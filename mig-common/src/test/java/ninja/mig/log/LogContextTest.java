package ninja.mig.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A catch of the statement that holds the ids comes after them: what it logs has none. A method that takes the body would
 * forbid that, but Java infers one kind of checked exception for a body, and ours throw several.
 */
class LogContextTest {
    private static final Pattern STATEMENT = Pattern.compile("\\btry\\s*\\([^{]*\\bLogContext\\b");
    private static final Pattern LATE = Pattern.compile("\\s*(catch|finally)\\b");
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\\n]|\\\\.)+'|//[^\\n]*|(?s:/\\*.*?\\*/)|[{}]");

    @Test
    void seesACatchThatIsTooLate() {
        String inner =
                "try (LogContext ids = LogContext.action(id)) { try { a(\"}\"); } catch (E e) { b('}'); } // }\n}";

        assertEquals(0, late(inner + " c();"));
        assertEquals(1, late("try (Logging l = x();\n LogContext ids = LogContext.of(1)) { a(); } catch (E e) {}"));
        assertEquals(1, late(inner + "\n finally { c(); }"));
    }

    @Test
    void isNeverLeftBeforeACatchLogs() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("mig-common"))) {
            root = root.getParent();
        }
        List<String> late = new ArrayList<>();
        int statements = 0;
        for (Path file : sources(root)) {
            String text = Files.readString(file);
            if (text.contains("LogContext") && !file.endsWith("LogContextTest.java")) {
                statements += (int) STATEMENT.matcher(text).results().count();
                if (late(text) > 0) {
                    late.add(root.relativize(file).toString());
                }
            }
        }
        assertEquals(List.of(), late);
        assertTrue(statements > 10, "only " + statements + " statements were found");
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .toList()) {
                for (String part : List.of("src", "workers/src", "platform/src")) {
                    if (Files.isDirectory(module.resolve(part))) {
                        try (Stream<Path> files = Files.walk(module.resolve(part))) {
                            files.filter(file -> file.toString().endsWith(".java"))
                                    .forEach(sources::add);
                        }
                    }
                }
            }
        }
        return sources;
    }

    private static int late(String text) {
        int late = 0;
        Matcher statement = STATEMENT.matcher(text);
        while (statement.find()) {
            Matcher next = LATE.matcher(text).region(endOfBlock(text, statement.end()), text.length());
            late += next.lookingAt() ? 1 : 0;
        }
        return late;
    }

    /** Behind the block that begins next; braces in texts and remarks do not count. */
    private static int endOfBlock(String text, int from) {
        Matcher token = TOKEN.matcher(text);
        int depth = 0;
        for (boolean found = token.find(from); found; found = token.find()) {
            if (token.group().equals("{")) {
                depth++;
            } else if (token.group().equals("}") && --depth == 0) {
                return token.end();
            }
        }
        throw new IllegalStateException("a block has no end");
    }
}
