package ninja.mig.scheduler;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.RejectedException;

/**
 * The commands in command/ready. The files count, and outlive this scheduler; the letters that were put there last are
 * also remembered, so that they need not be read again to be sent. Threads may share it.
 */
final class Outbox {
    private static final long MOST_BYTES = 32L * 1024 * 1024;

    private final CommandFiles files;
    private final Map<String, Letter> recent = new HashMap<>();
    private long recentBytes;

    Outbox(Spool spool) {
        this.files = new CommandFiles(spool);
    }

    /** Its row is committed: it will be sent, whatever happens to this scheduler. */
    void add(Command command) throws IOException {
        byte[] body = files.ready(command);
        try {
            remember(Letter.of(command, body));
        } catch (RejectedException e) {
            throw new IllegalStateException("a command that cannot be sent was created", e);
        }
    }

    private synchronized void remember(Letter letter) {
        if (recentBytes + letter.body().length <= MOST_BYTES) {
            recent.put(new CommandFiles.Ids(letter.action(), letter.command()).name(), letter);
            recentBytes += letter.body().length;
        }
    }

    List<Path> list() throws IOException {
        Set<String> gone = remembered();
        List<Path> present = files.inReady();
        present.forEach(file -> gone.remove(file.getFileName().toString()));
        gone.forEach(this::recall);
        return present;
    }

    private synchronized Set<String> remembered() {
        return new HashSet<>(recent.keySet());
    }

    /**
     * What to send, once from memory and then from the file.
     *
     * @return empty if the file is gone
     * @throws RejectedException if it does not hold the command that its name says
     */
    Optional<Letter> open(Path file) throws IOException, RejectedException {
        Optional<Letter> remembered = recall(file.getFileName().toString());
        if (remembered.isPresent()) {
            return remembered;
        }
        Optional<byte[]> body = files.read(file);
        if (body.isEmpty()) {
            return Optional.empty();
        }
        Letter letter = Letter.parse(body.get());
        CommandFiles.Ids ids = new CommandFiles.Ids(letter.action(), letter.command());
        if (!file.getFileName().toString().equals(ids.name())) {
            throw new RejectedException("it holds command " + letter.command() + " of action " + letter.action());
        }
        return Optional.of(letter);
    }

    private synchronized Optional<Letter> recall(String name) {
        Letter letter = recent.remove(name);
        recentBytes -= letter == null ? 0 : letter.body().length;
        return Optional.ofNullable(letter);
    }

    /** The relay has it: to command/inflight. */
    void sent(Path file) throws IOException {
        files.fly(file);
    }

    /** Its action was cancelled: to command/done. */
    void cancel(CommandFiles.Ids ids) throws IOException {
        recall(ids.name());
        files.finish(ids, CommandStatus.CANCELLED);
    }

    /** It is no command. */
    void discard(Path file, String reason) throws IOException {
        files.discardReady(file, reason);
    }
}
