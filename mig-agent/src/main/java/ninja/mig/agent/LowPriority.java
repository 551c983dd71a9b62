package ninja.mig.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The programs that start another one so that the host's own work comes first, as far as this host has them. */
final class LowPriority {
    private static final List<String> PROCESSOR = List.of("nice", "-n", "10");
    private static final List<String> DISK = List.of("ionice", "-t", "-c", "2", "-n", "7");
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private LowPriority() {}

    /** What to put before a command; each part was tried, since a module must not fail for the want of it. */
    static List<String> prefix(String os) {
        if (os.equals("windows")) {
            return List.of();
        }
        HostCommand commands = new HostCommand(LIMIT);
        List<String> both = new ArrayList<>(PROCESSOR);
        both.addAll(DISK);
        for (List<String> candidate : Arrays.asList(both, PROCESSOR)) {
            List<String> trial = new ArrayList<>(candidate.subList(1, candidate.size()));
            trial.add("true");
            if (commands.output(candidate.get(0), trial.toArray(String[]::new)).isPresent()) {
                return List.copyOf(candidate);
            }
        }
        return List.of();
    }
}
