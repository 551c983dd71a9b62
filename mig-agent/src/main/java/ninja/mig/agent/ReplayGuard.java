package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what this agent has begun, on disk, so that no command and no dangerous action runs twice, not even after a
 * restart. A key is a command's id or the digest of a signed text; it is kept until an hour after its action expires, when
 * the action would be refused anyway.
 *
 * <p>The file {@code .executed} holds a line per event: {@code begun <key> <unix seconds>} or {@code answered <key>}.
 */
final class ReplayGuard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReplayGuard.class);

    /** A key that is no longer needed for the action's own check outlives it by this much. */
    private static final Duration AFTERWARDS = Duration.ofHours(1);

    private static final int MAX_KEYS = 100_000;
    private static final Pattern LINE =
            Pattern.compile("begun ([0-9a-f]{1,64}) ([0-9]{1,12})|answered ([0-9a-f]{1,64})");

    private final RunDir runDir;
    private final Path path;
    private final Clock clock;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private FileChannel file;
    private int lines;

    private record Entry(Instant until, boolean answered) {
        Entry asAnswered() {
            return new Entry(until, true);
        }
    }

    /** What is known of a key. */
    enum Known {
        /** Never seen, or so long ago that its action has expired. */
        NEW,
        /** It was begun; whether an answer was given is not known. */
        BEGUN,
        /** Its answer was kept for the relay. */
        ANSWERED
    }

    private ReplayGuard(RunDir runDir, Clock clock) {
        this.runDir = runDir;
        this.path = runDir.file(".executed");
        this.clock = clock;
    }

    /** Reads what earlier processes of this agent left. */
    static ReplayGuard open(RunDir runDir, Clock clock) throws IOException {
        ReplayGuard guard = new ReplayGuard(runDir, clock);
        guard.load();
        guard.rewrite();
        return guard;
    }

    synchronized Known lookUp(String key) {
        Entry entry = entries.get(key);
        if (entry == null || entry.until().isBefore(clock.instant())) {
            return Known.NEW;
        }
        return entry.answered() ? Known.ANSWERED : Known.BEGUN;
    }

    /** Remembers that what the keys stand for is about to be run; it is on disk when this returns. */
    synchronized void begin(List<String> keys, Instant expireAfter) throws IOException {
        Instant until = expireAfter.plus(AFTERWARDS);
        append(keys.stream()
                .map(key -> "begun " + key + " " + until.getEpochSecond() + "\n")
                .collect(Collectors.joining()));
        file.force(false);
        keys.forEach(key -> entries.put(key, new Entry(until, false)));
        if (entries.size() > MAX_KEYS || lines > 2 * entries.size() + 1000) {
            rewrite();
        }
    }

    /** Remembers that the answer is kept. Losing this line in a crash is harmless: the key stays begun. */
    synchronized void answered(String key) throws IOException {
        Entry entry = entries.get(key);
        if (entry != null) {
            append("answered " + key + "\n");
            entries.put(key, entry.asAnswered());
        }
    }

    private void append(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(US_ASCII));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        lines++;
    }

    private void load() throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        String content = new String(Files.readAllBytes(path), US_ASCII);
        // A last line without its end was being written when the agent died: its command was never acknowledged.
        for (String line : content.substring(0, content.lastIndexOf('\n') + 1).split("\n")) {
            Matcher m = LINE.matcher(line);
            if (!m.matches()) {
                if (!line.isEmpty()) {
                    log.error("{} contains a line that this agent did not write, it is ignored", path);
                }
            } else if (m.group(3) != null) {
                entries.computeIfPresent(m.group(3), (key, entry) -> entry.asAnswered());
            } else {
                entries.put(m.group(1), new Entry(Instant.ofEpochSecond(Long.parseLong(m.group(2))), false));
            }
        }
    }

    /** Replaces the file by what is still needed: nothing that has expired, and of too many those that live longest. */
    private void rewrite() throws IOException {
        Instant now = clock.instant();
        entries.values().removeIf(entry -> entry.until().isBefore(now));
        if (entries.size() > MAX_KEYS) {
            log.warn("more than {} commands are remembered, those that expire first are forgotten", MAX_KEYS);
            entries.entrySet().stream()
                    .sorted(Comparator.comparing(e -> e.getValue().until()))
                    .limit(entries.size() - MAX_KEYS * 9L / 10)
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(entries::remove);
        }
        StringBuilder content = new StringBuilder();
        entries.forEach((key, entry) -> {
            content.append("begun ")
                    .append(key)
                    .append(' ')
                    .append(entry.until().getEpochSecond())
                    .append('\n');
            if (entry.answered()) {
                content.append("answered ").append(key).append('\n');
            }
        });
        runDir.write(path, content.toString().getBytes(US_ASCII), "rw-------");
        FileChannel renewed = FileChannel.open(path, StandardOpenOption.APPEND);
        close();
        file = renewed;
        lines = entries.size();
    }

    @Override
    public synchronized void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
