package ninja.mig.scheduler;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.json.MigJson;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.scheduler.Spool.Folder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands in the spool, as {@code <actionid>-<commandid>.json}. Each public method is one transition. */
final class CommandFiles {
    private static final Logger log = LoggerFactory.getLogger(CommandFiles.class);
    private static final Pattern NAME = Pattern.compile("([1-9][0-9]{0,15})-([1-9][0-9]{0,15})\\.json");
    private static final long LARGEST = 16 * 1024 * 1024;

    /** Which command a file is of. */
    record Ids(MigId action, MigId command) {
        static Optional<Ids> of(Path file) {
            Matcher m = NAME.matcher(file.getFileName().toString());
            if (!m.matches()) {
                return Optional.empty();
            }
            return ActionFiles.number(m.group(1))
                    .flatMap(action -> ActionFiles.number(m.group(2)).map(command -> new Ids(action, command)));
        }

        String name() {
            return action + "-" + command + ".json";
        }
    }

    private final Spool spool;

    CommandFiles(Spool spool) {
        this.spool = spool;
    }

    /** Its row is committed: command/ready. Returns the bytes to publish. */
    byte[] ready(Command command) throws IOException {
        byte[] body = MigJson.bytes(command);
        spool.write(Folder.COMMAND_READY, name(command), body);
        return body;
    }

    List<Path> inReady() throws IOException {
        return spool.list(Folder.COMMAND_READY);
    }

    /** The bytes to publish. */
    Optional<byte[]> read(Path ready) throws IOException, RejectedException {
        return spool.read(ready, LARGEST);
    }

    /** The relay has it: command/ready to command/inflight. */
    void fly(Path ready) throws IOException {
        spool.move(ready, Folder.COMMAND_INFLIGHT, ready.getFileName().toString());
    }

    /** Whether the command was in command/ready at least. */
    boolean knows(Command command) {
        String name = name(command);
        return List.of(Folder.COMMAND_READY, Folder.COMMAND_INFLIGHT, Folder.COMMAND_DONE).stream()
                .anyMatch(folder -> Files.isRegularFile(spool.file(folder, name), NOFOLLOW_LINKS));
    }

    /**
     * Its results are in the database: to command/done.
     *
     * @param document the command with its results
     */
    void finish(Command command, byte[] document) throws IOException {
        if (spool.archives()) {
            spool.write(Folder.COMMAND_DONE, name(command), document);
        }
        forget(name(command));
    }

    /** Its row is final for another reason than a result that this scheduler took: to command/done, with that status. */
    void finish(Ids ids, CommandStatus status) throws IOException {
        for (Folder folder : List.of(Folder.COMMAND_INFLIGHT, Folder.COMMAND_READY)) {
            if (spool.archives()) {
                archive(spool.file(folder, ids.name()), ids, status);
            }
        }
        forget(ids.name());
    }

    /** Unless its results are there already. */
    private void archive(Path file, Ids ids, CommandStatus status) throws IOException {
        if (Files.exists(spool.file(Folder.COMMAND_DONE, ids.name()), NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Optional<byte[]> content = spool.read(file, LARGEST);
            if (content.isPresent()) {
                Command command = MigJson.read(content.get(), Command.class);
                if (!command.id().equals(ids.command())) {
                    throw new RejectedException("it holds command " + command.id());
                }
                byte[] finished = MigJson.bytes(command.withAnswer(status, command.results()));
                spool.write(Folder.COMMAND_DONE, file.getFileName().toString(), finished);
            }
        } catch (RejectedException e) {
            log.warn("{} is not archived: {}", spool.name(file), e.getMessage());
        }
    }

    /** In this order: the sender may move it from the first to the second at this moment. */
    private void forget(String name) throws IOException {
        if (!spool.recycle(Folder.COMMAND_READY, name)) {
            spool.recycle(Folder.COMMAND_INFLIGHT, name);
        }
    }

    /** Commands that wait for the relay or for a result. */
    List<Ids> open() throws IOException {
        return java.util.stream.Stream.concat(inReady().stream(), spool.list(Folder.COMMAND_INFLIGHT).stream())
                .flatMap(file -> Ids.of(file).stream())
                .distinct()
                .toList();
    }

    /** A file of the outbox that is no command of ours. */
    void discardReady(Path file, String reason) throws IOException {
        moveAside(file, reason);
    }

    /** Results that the database cannot take now: on disk in command/returned when this returns. */
    void keepReturned(List<byte[]> bodies) throws IOException {
        spool.writeSafely(Folder.COMMAND_RETURNED, bodies);
    }

    /** Results that the database will never take: on disk in command/returned/failed, with the reason, when this returns. */
    void keepFailed(Ids ids, byte[] body, String reason) throws IOException {
        spool.writeAside(Folder.RETURNED_FAILED, ids.name(), body, reason);
    }

    List<Path> inReturned() throws IOException {
        return spool.list(Folder.COMMAND_RETURNED);
    }

    Optional<byte[]> readReturned(Path file, long largest) throws IOException, RejectedException {
        return spool.read(file, largest);
    }

    /** What a file of command/returned holds is in the database. */
    void discardReturned(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** A file of command/returned holds nothing that could be stored: to command/returned/failed, with the reason. */
    void failReturned(Path file, String reason) throws IOException {
        moveAside(file, reason);
    }

    private void moveAside(Path file, String reason) throws IOException {
        Optional<Path> place = spool.moveAside(file, Folder.RETURNED_FAILED, reason);
        place.ifPresent(to ->
                log.warn("{}. '{}' moved to '{}'", NewActions.withoutPeriod(reason), spool.name(file), spool.name(to)));
    }

    private static String name(Command command) {
        return new Ids(command.action().id(), command.id()).name();
    }
}
