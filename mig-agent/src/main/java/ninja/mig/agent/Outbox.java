package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import ninja.mig.model.MigId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that the relay has not confirmed yet, as files {@code <rundir>/outbox/<number>-<command id>.json}, or
 * {@code .refused.json} of commands that may come again: an agent that dies or loses its relay sends them later. The room is
 * limited: what was put aside makes way first, then refusals, then answers, the oldest of each before the others.
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);

    /** The end of the name of what was put aside. */
    static final String UNSENT = ".unsent";

    private static final String REFUSED = ".refused.json";

    private final RunDir runDir;
    private final Path directory;
    private final int maxFiles;
    private final long maxBytes;
    private long lastNumber;

    private Outbox(RunDir runDir, Path directory, int maxFiles, long maxBytes, long lastNumber) {
        this.runDir = runDir;
        this.directory = directory;
        this.maxFiles = maxFiles;
        this.maxBytes = maxBytes;
        this.lastNumber = lastNumber;
    }

    /** With room for a thousand answers and 256 MiB. */
    static Outbox open(RunDir runDir) throws IOException {
        return open(runDir, 1000, 256L << 20);
    }

    static Outbox open(RunDir runDir, int maxFiles, long maxBytes) throws IOException {
        Path directory = runDir.directory("outbox");
        Outbox outbox = new Outbox(runDir, directory, maxFiles, maxBytes, 0);
        List<Path> kept = outbox.files();
        if (!kept.isEmpty()) {
            outbox.lastNumber = number(kept.get(kept.size() - 1));
            log.info("{} answers of an earlier run wait for the relay", kept.size());
        }
        return outbox;
    }

    /** What must be remembered as soon as an answer is kept, and before it can be gone again. */
    @FunctionalInterface
    interface Afterwards {
        void run() throws IOException;
    }

    /** Keeps the answer of a command that has run; it is on disk when this returns. */
    synchronized void keep(MigId command, RunDir.Content answer, Afterwards afterwards) throws IOException {
        makeRoom(answer.size(), Rank.ANSWER);
        keep(command + ".json", answer);
        afterwards.run();
    }

    /** Keeps a refusal, unless the room is full of answers; it is on disk when this returns. */
    synchronized void keepRefusal(MigId command, RunDir.Content refusal) throws IOException {
        if (makeRoom(refusal.size(), Rank.REFUSAL)) {
            keep(command + REFUSED, refusal);
        } else {
            log.error("the refusal of command {} is dropped: too many answers wait for the relay", command);
        }
    }

    private void keep(String name, RunDir.Content answer) throws IOException {
        runDir.write(directory.resolve("%019d-%s".formatted(++lastNumber, name)), answer, "rw-------");
    }

    /** Whether the answer of a command that has run waits here. */
    synchronized boolean holds(MigId command) throws IOException {
        String end = "-" + command + ".json";
        return files().stream().anyMatch(file -> file.toString().endsWith(end));
    }

    /** The answers that wait, the one that waits longest first. */
    synchronized List<Path> waiting() throws IOException {
        return files();
    }

    /** Forgets an answer that the relay has confirmed. */
    synchronized void remove(Path answer) throws IOException {
        Files.deleteIfExists(answer);
    }

    /** Keeps an answer that cannot be sent out of the way of the others, for who looks for it, as long as there is room. */
    synchronized void setAside(Path answer) throws IOException {
        runDir.rename(answer, aside(answer));
    }

    /** Where an answer is put aside. */
    static Path aside(Path answer) {
        return answer.resolveSibling(answer.getFileName() + UNSENT);
    }

    synchronized boolean isEmpty() throws IOException {
        return files().isEmpty();
    }

    /** What makes way for what: the first for all, and each for those of its own rank. */
    private enum Rank {
        ASIDE,
        REFUSAL,
        ANSWER;

        static Rank of(Path file) {
            String name = file.getFileName().toString();
            return name.endsWith(UNSENT) ? ASIDE : name.endsWith(REFUSED) ? REFUSAL : ANSWER;
        }
    }

    /** @return false if there is none for a file of this rank, beside files of higher ones */
    private boolean makeRoom(long needed, Rank rank) throws IOException {
        List<Path> files = files("[0-9]*-*.json{," + UNSENT + "}");
        files.sort(Comparator.comparing(Rank::of)); // which leaves those of one rank in their order
        long bytes = needed;
        for (Path file : files) {
            bytes += size(file);
        }
        int count = files.size() + 1;
        for (Path file : files) {
            if (count <= maxFiles && bytes <= maxBytes) {
                return true;
            }
            if (Rank.of(file).compareTo(rank) > 0) {
                return false;
            }
            log.error("the answer {} was never taken by the relay and is dropped: too many wait", file.getFileName());
            bytes -= size(file);
            count--;
            Files.deleteIfExists(file);
        }
        return true;
    }

    /** Another process of this agent may send the same answers, and then they are gone. */
    private static long size(Path file) {
        return file.toFile().length();
    }

    private List<Path> files() throws IOException {
        return files("[0-9]*-*.json");
    }

    private List<Path> files(String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, pattern)) {
            found.forEach(files::add);
        }
        files.sort(null);
        return files;
    }

    private static long number(Path file) {
        String name = file.getFileName().toString();
        try {
            return Long.parseLong(name.substring(0, name.indexOf('-')));
        } catch (NumberFormatException e) {
            log.warn("{} was not written by this agent", file);
            return 0;
        }
    }
}
