package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what this agent has begun, on disk, so that no command and no dangerous action runs twice: not after a restart,
 * not when two processes of the agent share one directory, as in an upgrade, and not when the clock is set. A key is a
 * command's id or the digest of a signed text; it is kept until an hour after its action expires, when the action would be
 * refused anyway, and longer as long as there is room: what a clock that was wrong for a while says has expired, may come
 * again when the clock is right.
 *
 * <p>The file {@code .executed} holds a line per event: {@code begun <key> <unix seconds>} or {@code answered <key>}. A line
 * {@code forgotten <unix seconds>} says that keys until then were dropped: what is unknown and that old has perhaps run.
 * The first line, {@code file <number>}, is another one whenever the file is replaced by a shorter one.
 */
final class ReplayGuard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReplayGuard.class);

    /** A key that is no longer needed for the action's own check outlives it by this much. */
    private static final Duration AFTERWARDS = Duration.ofHours(1);

    private static final int MAX_KEYS = 100_000;

    /** So many keys are kept although they have expired by the clock. */
    static final int MAX_EXPIRED = 1000;

    private static final int HEAD_LENGTH = "file 0123456789abcdef\n".length();
    private static final long LAST_SECOND = 999_999_999_999L;
    private static final Pattern LINE = Pattern.compile(
            "begun ([0-9a-f]{1,64}) ([0-9]{1,12})|answered ([0-9a-f]{1,64})|forgotten ([0-9]{1,12})|file [0-9a-f]{16}");

    private final RunDir runDir;
    private final Path path;
    private final Clock clock;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long forgotten = -1;
    private String head = "";
    private long readUpTo;
    private int linesSinceRewrite;
    private int keptAtRewrite;
    private boolean closed;

    /** @param until unix seconds */
    private record Entry(long until, boolean answered) {
        Entry asAnswered() {
            return new Entry(until, true);
        }
    }

    /** What is known of a key. */
    enum Known {
        /** Never seen, or so long ago that it was forgotten. */
        NEW,
        /** It was begun; whether an answer was given is not known. */
        BEGUN,
        /** Its answer was kept for the relay. */
        ANSWERED
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private ReplayGuard(RunDir runDir, Clock clock) {
        this.runDir = runDir;
        this.path = runDir.file(".executed");
        this.clock = clock;
    }

    /** Reads what earlier processes of this agent left. */
    static ReplayGuard open(RunDir runDir, Clock clock) throws IOException {
        ReplayGuard guard = new ReplayGuard(runDir, clock);
        guard.alone(() -> {
            guard.rewrite();
            return guard;
        });
        return guard;
    }

    /** For looking up only: what the agent of this directory has begun, without a change of its file. */
    static ReplayGuard readOnly(RunDir runDir, Clock clock) throws IOException {
        ReplayGuard guard = new ReplayGuard(runDir, clock);
        if (!Files.exists(guard.path) && !Files.notExists(guard.path)) {
            throw new AccessDeniedException(guard.path.toString());
        }
        guard.load();
        return guard;
    }

    /** What this process knows; what another one has begun meanwhile is found out by {@link #begin} alone. */
    synchronized Known lookUp(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return Known.NEW;
        }
        return entry.answered() ? Known.ANSWERED : Known.BEGUN;
    }

    /** As {@link #lookUp}, with what other processes have written until now. */
    synchronized Known lookUpNow(String key) throws IOException {
        return alone(() -> lookUp(key));
    }

    /** Whether a new key of an action that expires then is perhaps not new: so old ones had to be forgotten. */
    synchronized boolean isForgotten(Instant expireAfter) {
        return until(expireAfter) <= forgotten;
    }

    private static long until(Instant expireAfter) {
        return Math.max(0, Math.min(LAST_SECOND, expireAfter.plus(AFTERWARDS).getEpochSecond()));
    }

    /**
     * Remembers that what the keys stand for is about to be run; it is on disk when this returns.
     *
     * @return false if one of them is known already, perhaps from another process: nothing is remembered then
     */
    synchronized boolean begin(List<String> keys, Instant expireAfter) throws IOException {
        long until = until(expireAfter);
        return alone(() -> {
            if (keys.stream().anyMatch(entries::containsKey)) {
                return false;
            }
            append(keys.stream().map(key -> "begun " + key + " " + until + "\n").collect(Collectors.joining()), true);
            keys.forEach(key -> entries.put(key, new Entry(until, false)));
            if (entries.size() > MAX_KEYS || linesSinceRewrite > Math.max(MAX_EXPIRED, keptAtRewrite)) {
                tryRewrite();
            }
            return true;
        });
    }

    /** Remembers that the answer is kept. Losing this line in a crash is harmless: the key stays begun. */
    synchronized void answered(String key) throws IOException {
        alone(() -> {
            Entry entry = entries.get(key);
            if (entry != null && !entry.answered()) {
                append("answered " + key + "\n", false);
                entries.put(key, entry.asAnswered());
            }
            return key;
        });
    }

    /** Does something while no other process changes the file, with all that they have written known. */
    private <T> T alone(Work<T> work) throws IOException {
        if (closed) {
            throw new IOException("the memory of executed commands is closed");
        }
        // Whoever is interrupted loses his channel, so each use opens its own.
        synchronized (ReplayGuard.class) {
            try (FileChannel lock = FileLocks.open(runDir.file(".executed.lock"));
                    FileLock held = FileLocks.await(lock)) {
                load();
                return work.run();
            }
        }
    }

    /** Reads the lines that were added since this process has looked; all of them if the file is another one. */
    private void load() throws IOException {
        if (!Files.exists(path)) {
            head = "";
            readUpTo = 0;
            return;
        }
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            String found = headOf(in);
            boolean another = !found.equals(head) || in.size() < readUpTo;
            if (another) {
                head = found;
                readUpTo = 0;
            }
            read(new String(Channels.newInputStream(in.position(readUpTo)).readAllBytes(), US_ASCII));
            if (another) {
                linesSinceRewrite = 0;
                keptAtRewrite = entries.size();
            }
        }
    }

    /** The first line, by which a file that was replaced is known: its number in the file system may come again. */
    private static String headOf(FileChannel in) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_LENGTH);
        int read = 0;
        while (bytes.hasRemaining() && read >= 0) {
            read = in.read(bytes, bytes.position());
        }
        return new String(bytes.array(), 0, bytes.position(), US_ASCII);
    }

    /** A last line without its end was being written when a process died: its command was never acknowledged. */
    private void read(String added) {
        String whole = added.substring(0, added.lastIndexOf('\n') + 1);
        for (String line : whole.split("\n")) {
            if (!line.isEmpty()) {
                parse(line);
                linesSinceRewrite++;
            }
        }
        readUpTo += whole.length(); // in ASCII, a byte is a character
    }

    private void parse(String line) {
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            log.error("{} contains a line that this agent did not write, it is ignored", path);
        } else if (m.group(3) != null) {
            entries.computeIfPresent(m.group(3), (key, entry) -> entry.asAnswered());
        } else if (m.group(4) != null) {
            forgotten = Math.max(forgotten, Long.parseLong(m.group(4)));
        } else if (m.group(1) != null) {
            entries.put(m.group(1), new Entry(Long.parseLong(m.group(2)), false));
        }
    }

    /**
     * Adds whole lines, over what a dead process or a full disk has left of another. If that fails they are not there: what
     * is on disk is refused when it comes again. No channel, since whoever is interrupted loses it, perhaps between writing
     * and {@code force}.
     */
    private void append(String lines, boolean forced) throws IOException {
        if (!Files.exists(path)) {
            rewrite();
        }
        byte[] bytes = lines.getBytes(US_ASCII);
        try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
            try {
                out.setLength(readUpTo);
                out.seek(readUpTo);
                out.write(bytes);
                if (forced) {
                    out.getFD().sync();
                }
            } catch (IOException e) {
                out.setLength(readUpTo);
                throw e;
            }
        }
        readUpTo += bytes.length;
        linesSinceRewrite += lines.split("\n").length;
    }

    /** What was added is on disk; that the file is too long is no reason to do without it. */
    private void tryRewrite() {
        try {
            rewrite();
        } catch (IOException e) {
            linesSinceRewrite = 0;
            log.error("{} cannot be shortened now: {}", path, e.toString());
        }
    }

    /** Replaces the file by what is still needed. Of what is dropped, that which expires first goes first. */
    private void rewrite() throws IOException {
        forget();
        String newHead = "file %016x\n".formatted(ThreadLocalRandom.current().nextLong());
        StringBuilder content = new StringBuilder(newHead);
        if (forgotten >= 0) {
            content.append("forgotten ").append(forgotten).append('\n');
        }
        entries.forEach((key, entry) -> {
            content.append("begun ")
                    .append(key)
                    .append(' ')
                    .append(entry.until())
                    .append('\n');
            if (entry.answered()) {
                content.append("answered ").append(key).append('\n');
            }
        });
        runDir.write(path, content.toString().getBytes(US_ASCII), "rw-------");
        head = newHead;
        readUpTo = content.length();
        linesSinceRewrite = 0;
        keptAtRewrite = entries.size();
    }

    private void forget() {
        long now = clock.instant().getEpochSecond();
        long expired = entries.values().stream().filter(e -> e.until() < now).count();
        long tooMany = entries.size() > MAX_KEYS ? entries.size() - MAX_KEYS * 9L / 10 : 0;
        if (tooMany > expired) {
            log.warn("more than {} commands are remembered, those that expire first are forgotten", MAX_KEYS);
        }
        entries.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getValue().until()))
                .limit(Math.max(tooMany, expired - MAX_EXPIRED))
                .toList()
                .forEach(e -> {
                    forgotten = Math.max(forgotten, e.getValue().until());
                    entries.remove(e.getKey());
                });
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
