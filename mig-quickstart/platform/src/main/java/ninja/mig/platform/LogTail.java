package ninja.mig.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a log, for a message about the program that wrote it. */
public final class LogTail {
    private static final int LINES = 30;

    private LogTail() {}

    /** The last lines of a file that may be missing or not quite UTF-8. */
    public static String of(Path log) throws IOException {
        if (Files.notExists(log)) {
            return "(no log " + log + ")";
        }
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }
}
