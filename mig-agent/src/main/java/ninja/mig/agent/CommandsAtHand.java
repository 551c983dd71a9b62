package ninja.mig.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.model.MigId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands that this process has taken over from the relay and not answered yet, as files
 * {@code <rundir>/commands/<process>/<number>-<command id>.waiting}, renamed to {@code .running} before the first operation
 * starts. So whoever finds the files of a process that was killed knows what must run still, and what must not run again.
 *
 * <p>A lock on the file {@code <process>.lock} tells other processes of the agent that this one lives. It ends with the
 * process, whatever ends that.
 */
final class CommandsAtHand implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommandsAtHand.class);

    private static final long MAX_BYTES = 32L << 20;
    private static final String DIRECTORY = "commands";
    static final int MAX_COMMANDS = 1000;
    private static final String LOCK = ".lock";
    private static final String UNREAD = ".unread";
    private static final String WAITING = "waiting";
    private static final String RUNNING = "running";
    private static final Pattern NAME =
            Pattern.compile("([0-9]{1,18})-([0-9]{1,16})\\.(" + WAITING + "|" + RUNNING + ")");

    private final RunDir runDir;
    private final Path all;
    private final Path own;
    private final FileChannel lock;
    private final Map<MigId, Entry> entries = new TreeMap<>();
    private long lastNumber;
    private long bytes;

    /** @param isRunning whether an operation of the command may have begun */
    record Entry(MigId command, boolean isRunning, Path file, long size) {}

    private CommandsAtHand(RunDir runDir, Path all, Path own, FileChannel lock) {
        this.runDir = runDir;
        this.all = all;
        this.own = own;
        this.lock = lock;
    }

    /** Makes a place for this process. What others left is looked at by {@link #takeOver} only. */
    static CommandsAtHand open(RunDir runDir) throws IOException {
        Path all = runDir.directory(DIRECTORY);
        return alone(all, () -> {
            Path own = Files.createTempDirectory(all, ProcessHandle.current().pid() + "-");
            FileChannel lock = FileLocks.open(lockOf(own));
            if (FileLocks.attempt(lock).isEmpty()) {
                throw new IOException("another process holds " + lockOf(own));
            }
            return new CommandsAtHand(runDir, all, own, lock);
        });
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    /** Nobody may look for folders without a living process while one or its lock is made or removed. */
    private static <T> T alone(Path all, Work<T> work) throws IOException {
        synchronized (CommandsAtHand.class) { // a lock on a file does not part the threads of one process
            try (FileChannel door = FileLocks.open(all.resolve(LOCK));
                    FileLock held = FileLocks.await(door)) {
                return work.run();
            }
        }
    }

    private static Path lockOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + LOCK);
    }

    /** Where large output of modules is kept while this process lives. */
    Path folder() {
        return own;
    }

    /** Whether there is room for a command of that many bytes; for one of any size, if there is no other. */
    synchronized boolean hasRoom(int size) {
        return entries.isEmpty() || (entries.size() < MAX_COMMANDS && bytes + size <= MAX_BYTES);
    }

    /** Keeps a command that waits to be run; it is on disk when this returns. */
    synchronized void take(MigId command, byte[] body) throws IOException {
        Path file =
                isWaiting(command) ? entries.get(command).file() : own.resolve(name(++lastNumber, command, WAITING));
        try {
            runDir.write(file, body, "rw-------");
        } catch (IOException e) {
            if (!entries.containsKey(command)) {
                Files.deleteIfExists(file); // it is there if only its directory could not be brought to the disk
            }
            throw e;
        }
        put(new Entry(command, false, file, body.length));
    }

    private static String name(long number, MigId command, String state) {
        return "%018d-%s.%s".formatted(number, command, state);
    }

    private void put(Entry entry) {
        Entry former = entries.put(entry.command(), entry);
        bytes += entry.size() - (former == null ? 0 : former.size());
    }

    /** Whether this process has the command, and nothing of it has been run. */
    synchronized boolean isWaiting(MigId command) {
        return entries.containsKey(command) && !entries.get(command).isRunning();
    }

    /** Whether any process of this agent has the command, or left it. */
    synchronized boolean isKnown(MigId command) throws IOException {
        return entries.containsKey(command) || isElsewhere(command);
    }

    /** Whether another process of this agent has the command, or left it. */
    synchronized boolean isElsewhere(MigId command) throws IOException {
        for (Path folder : folders(all)) {
            if (!folder.equals(own)
                    && entriesIn(folder).stream()
                            .anyMatch(entry -> entry.command().equals(command))) {
                return true;
            }
        }
        return false;
    }

    /** Remembers that the command is about to be run; it is on disk when this returns. Does nothing the second time. */
    synchronized void begin(MigId command) throws IOException {
        if (!isWaiting(command)) {
            return;
        }
        Entry entry = entries.get(command);
        String name = entry.file().getFileName().toString();
        Path running = own.resolve(name.substring(0, name.length() - WAITING.length()) + RUNNING);
        runDir.rename(entry.file(), running);
        put(new Entry(command, true, running, entry.size()));
    }

    /** Forgets a command that is answered. */
    synchronized void done(MigId command) throws IOException {
        Entry entry = entries.get(command);
        if (entry != null) {
            Files.deleteIfExists(entry.file());
            entries.remove(command);
            bytes -= entry.size();
        }
    }

    /**
     * Takes a command that cannot be read out of the way of the others; its file stays, for who looks for it. If it cannot be
     * moved, the next process of this agent finds it again.
     */
    synchronized void setAside(MigId command) throws IOException {
        Entry entry = entries.remove(command);
        if (entry != null) {
            bytes -= entry.size();
            runDir.rename(entry.file(), all.resolve(entry.file().getFileName() + UNREAD));
        }
    }

    /** What this process has, in the order of coming. */
    synchronized List<MigId> all() {
        return entries.values().stream()
                .sorted(Comparator.comparing(Entry::file))
                .map(Entry::command)
                .toList();
    }

    synchronized Optional<Entry> find(MigId command) {
        return Optional.ofNullable(entries.get(command));
    }

    /** Moves what processes that are gone have left to this one. */
    synchronized void takeOver() throws IOException {
        alone(all, () -> {
            for (Path folder : folders(all)) {
                if (!folder.equals(own)) {
                    takeOverOrLog(folder);
                }
            }
            return all;
        });
    }

    /** One that cannot be dealt with does not keep the others waiting. */
    private void takeOverOrLog(Path folder) {
        try {
            takeOver(folder);
        } catch (IOException | RuntimeException e) {
            log.error("{} of an earlier run of this agent cannot be taken over now: {}", folder, e.toString());
        }
    }

    private void takeOver(Path folder) throws IOException {
        Path lockFile = lockOf(folder);
        try (FileChannel channel = FileLocks.open(lockFile)) {
            if (FileLocks.attempt(channel).isEmpty()) {
                return; // it lives
            }
            deleteOutput(folder);
            for (Entry left : entriesIn(folder)) {
                takeOver(left);
            }
        }
        remove(folder);
    }

    /** Of a command that two processes had it counts if one of them may have begun it. */
    private void takeOver(Entry left) throws IOException {
        Optional<Entry> here = find(left.command());
        if (here.isPresent() && (here.get().isRunning() || !left.isRunning())) {
            Files.delete(left.file());
            return;
        }
        Path file = own.resolve(name(++lastNumber, left.command(), left.isRunning() ? RUNNING : WAITING));
        runDir.rename(left.file(), file);
        put(new Entry(left.command(), left.isRunning(), file, left.size()));
        if (here.isPresent()) {
            Files.deleteIfExists(here.get().file());
        }
    }

    /** What modules wrote for a process that is gone. */
    private static void deleteOutput(Path folder) throws IOException {
        try (DirectoryStream<Path> outputs = Files.newDirectoryStream(folder, "*" + ModuleOutput.SUFFIX)) {
            for (Path output : outputs) {
                Files.deleteIfExists(output);
            }
        } catch (NoSuchFileException e) {
            log.debug("{} is taken over by another process", folder);
        }
    }

    /** What all processes of the agent of a directory have or left, for who only looks: nothing is locked or changed. */
    static List<Entry> look(RunDir runDir) throws IOException {
        Path all = runDir.file(DIRECTORY);
        List<Entry> found = new ArrayList<>();
        if (Files.exists(all)) {
            for (Path folder : folders(all)) {
                found.addAll(entriesIn(folder));
            }
        }
        return found;
    }

    private static boolean isOfAProcess(Path path) {
        return Files.isDirectory(path) && !path.toString().endsWith(UNREAD);
    }

    private static List<Path> folders(Path all) throws IOException {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(all, CommandsAtHand::isOfAProcess)) {
            found.forEach(folders::add);
        }
        folders.sort(null);
        return folders;
    }

    private static List<Entry> entriesIn(Path folder) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            for (Path file : found) {
                entry(file).ifPresent(entries::add);
            }
        } catch (NoSuchFileException e) {
            return List.of(); // another process has taken it over
        }
        entries.sort(Comparator.comparing(Entry::file));
        return entries;
    }

    private static Optional<Entry> entry(Path file) {
        Matcher m = NAME.matcher(file.getFileName().toString());
        if (!m.matches() || Long.parseLong(m.group(2)) > MigId.MAX) {
            log.debug("{} was not written by this agent", file);
            return Optional.empty();
        }
        MigId command = new MigId(Long.parseLong(m.group(2)));
        return Optional.of(new Entry(
                command, m.group(3).equals(RUNNING), file, file.toFile().length()));
    }

    /** What somebody else put there is left alone, with its folder. */
    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
            if (left.iterator().hasNext()) {
                return;
            }
        } catch (NoSuchFileException e) {
            log.debug("{} was removed by somebody else", folder);
        }
        Files.deleteIfExists(lockOf(folder));
        Files.deleteIfExists(folder);
    }

    /** Leaves what waits, and what was not answered, to the next process. */
    @Override
    public synchronized void close() throws IOException {
        if (!lock.isOpen()) {
            return;
        }
        try {
            alone(all, () -> {
                deleteOutput(own);
                remove(own);
                return own;
            });
        } finally {
            lock.close();
        }
    }
}
