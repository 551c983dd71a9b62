package ninja.mig.agent.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Counts the processors of this host. Java counts those that this process may use, which are half of them in the agent's own
 * service: its unit has a quota.
 */
public final class HostProcessors {
    private static final Pattern PROCESSOR = Pattern.compile("cpu[0-9]+ ");

    private HostProcessors() {}

    /** At least as many as this process may use. */
    public static int count() {
        return Math.max(Runtime.getRuntime().availableProcessors(), in(Path.of("/proc/stat")));
    }

    /** @return 0 if the file tells nothing, as where there is none */
    static int in(Path stat) {
        try {
            return (int) Files.readAllLines(stat).stream()
                    .filter(line -> PROCESSOR.matcher(line).lookingAt())
                    .count();
        } catch (IOException e) {
            return 0; // Not Linux, or hidden: what Java counts holds.
        }
    }
}
