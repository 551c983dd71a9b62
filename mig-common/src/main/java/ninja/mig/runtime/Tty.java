package ninja.mig.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person sits at the other end of a standard stream: decides colours, progress and questions. */
public enum Tty {
    STDIN(0),
    STDOUT(1),
    STDERR(2);

    private final int descriptor;

    Tty(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Whether this stream is a terminal. Where the system does not tell for one stream, the answer is for all three. */
    public boolean isTerminal() {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null; // no /proc: macOS, Windows
        }
    }

    /** Whether colours and cursor movements may go to this stream: a terminal, and no {@code NO_COLOR}. */
    public boolean hasColours() {
        String noColor = System.getenv("NO_COLOR");
        return isTerminal() && (noColor == null || noColor.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
    }
}
