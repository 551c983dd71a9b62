package ninja.mig.agent.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Counts how often a broken agent started itself again, across processes: what breaks at once would do so for ever. */
public final class Respawns {
    private static final int MOST = 5;
    private static final Duration WINDOW = Duration.ofSeconds(300);

    private final Path file;
    private final Clock clock;

    /** @param file with a line for each, in seconds since 1970 */
    public Respawns(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * Asks for one more, which is counted.
     *
     * @return false if there were 5 within 300 s
     * @throws IOException if it cannot be counted; then there must be none
     */
    public boolean take() throws IOException {
        Instant now = clock.instant();
        List<Long> recent = new ArrayList<>(recent(now));
        if (recent.size() >= MOST) {
            return false;
        }
        recent.add(now.getEpochSecond());
        Files.writeString(file, recent.stream().map(second -> second + "\n").collect(Collectors.joining()));
        return true;
    }

    /** A clock that was set back does not make the file's times count for longer than the window. */
    private List<Long> recent(Instant now) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.matches("[0-9]{1,12}"))
                .map(Long::valueOf)
                .filter(second -> Math.abs(now.getEpochSecond() - second) < WINDOW.toSeconds())
                .toList();
    }
}
