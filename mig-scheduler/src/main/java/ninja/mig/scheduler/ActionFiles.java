package ninja.mig.scheduler;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.scheduler.Spool.Folder;

/** The actions in the spool, as {@code <actionid>.json}. Each public method is one transition. */
final class ActionFiles {
    /** Bytes; also what the API takes. */
    static final long LARGEST = 5 * 1024 * 1024;

    private final Spool spool;

    ActionFiles(Spool spool) {
        this.spool = spool;
    }

    /** An action of the scheduler's own: dropped into action/new, as an operator would. */
    void drop(Action action) throws IOException {
        spool.writeSafely(Folder.ACTION_NEW, name(action.id()), MigJson.bytes(action));
    }

    /** A pending action was claimed: action/new, in status scheduled. Until it leaves, this scheduler has it in hand. */
    void setUp(Action action) throws IOException {
        write(Folder.ACTION_NEW, action.withStatus(ActionStatus.SCHEDULED));
    }

    /** Whether a file of action/new was put there by {@link #setUp}. */
    static boolean isInHand(Action action) {
        return action.status() == ActionStatus.SCHEDULED;
    }

    /** All its commands are in the outbox: action/new to action/inflight. */
    void fly(Action action) throws IOException {
        write(Folder.ACTION_INFLIGHT, action.withStatus(ActionStatus.INFLIGHT));
        spool.delete(Folder.ACTION_NEW, name(action.id()));
    }

    /** It landed, or was called off in flight: action/inflight to action/done. */
    void land(Action action) throws IOException {
        write(Folder.ACTION_DONE, action);
        spool.delete(Folder.ACTION_INFLIGHT, name(action.id()));
        spool.delete(Folder.ACTION_NEW, name(action.id()));
    }

    /** It will not fly: to action/invalid, with the reason. */
    void invalidate(Action action, String reason) throws IOException {
        String name = name(action.id());
        spool.writeReason(spool.file(Folder.ACTION_INVALID, name), reason);
        write(Folder.ACTION_INVALID, action.withStatus(ActionStatus.INVALID));
        spool.delete(Folder.ACTION_NEW, name);
    }

    /** A dropped file will not become an action: to action/invalid, with the reason. */
    Optional<Path> refuse(Path dropped, String reason) throws IOException {
        return spool.moveAside(dropped, Folder.ACTION_INVALID, reason);
    }

    /** Names a dropped file after the id that it got, so that it keeps that id whatever happens to this scheduler. */
    Optional<Path> adopt(Path dropped, MigId id) throws IOException {
        return spool.move(dropped, Folder.ACTION_NEW, name(id))
                ? Optional.of(spool.file(Folder.ACTION_NEW, name(id)))
                : Optional.empty();
    }

    /** A file of action/new has served its purpose. */
    void discard(Path dropped) throws IOException {
        spool.delete(Folder.ACTION_NEW, dropped.getFileName().toString());
    }

    List<Path> inNew() throws IOException {
        return spool.list(Folder.ACTION_NEW);
    }

    Optional<Action> read(Path file) throws IOException, RejectedException {
        Optional<byte[]> content = spool.read(file, LARGEST);
        return content.isPresent() ? Optional.of(MigJson.read(content.get(), Action.class)) : Optional.empty();
    }

    /** The id that a file's name gives, if it is one of ours. */
    static Optional<MigId> id(Path file) {
        String name = file.getFileName().toString();
        return name.matches("[1-9][0-9]{0,15}\\.json")
                ? number(name.substring(0, name.length() - ".json".length()))
                : Optional.empty();
    }

    static Optional<MigId> number(String digits) {
        long value = Long.parseLong(digits);
        return value <= MigId.MAX ? Optional.of(new MigId(value)) : Optional.empty();
    }

    /** The ids in action/inflight. */
    List<MigId> inFlight() throws IOException {
        return spool.list(Folder.ACTION_INFLIGHT).stream()
                .flatMap(file -> id(file).stream())
                .toList();
    }

    private void write(Folder folder, Action action) throws IOException {
        spool.write(folder, name(action.id()), MigJson.bytes(action));
    }

    static String name(MigId id) {
        return id + ".json";
    }
}
