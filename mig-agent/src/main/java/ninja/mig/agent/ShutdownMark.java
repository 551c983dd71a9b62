package ninja.mig.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * That somebody asked the agent of this host on its stat socket to end. Cron, which looks after the agent, does not start it
 * again then; the start of the host, a service manager or a person does, and the mark is gone.
 */
final class ShutdownMark {
    static final String FILE = ".shutdown";

    private final RunDir runDir;

    ShutdownMark(RunDir runDir) {
        this.runDir = runDir;
    }

    static boolean isSet(Path runDir) {
        return Files.exists(runDir.resolve(FILE));
    }

    void set(Instant now) throws IOException {
        byte[] text = (now.truncatedTo(ChronoUnit.SECONDS) + "\n").getBytes(StandardCharsets.US_ASCII);
        runDir.write(runDir.file(FILE), text, "rw-------");
    }

    void clear() throws IOException {
        Files.deleteIfExists(runDir.file(FILE));
    }
}
