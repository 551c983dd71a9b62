package ninja.mig.scheduler;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;

/**
 * What an agent sent back: the command with status and results. Of the rest, only what identifies it is read, and nothing
 * is believed before the database has confirmed that this queueloc was sent this command of this action.
 */
record Answer(MigId command, MigId action, QueueLoc queueLoc, CommandStatus status, List<ModuleResult> results) {
    private static final int SHORTEST = 10;
    private static final Set<CommandStatus> FROM_AGENTS =
            EnumSet.of(CommandStatus.SUCCESS, CommandStatus.FAILED, CommandStatus.TIMEOUT, CommandStatus.CANCELLED);

    /** The members that are read. */
    private record Document(
            MigId id, ActionReference action, AgentReference agent, String status, List<ModuleResult> results) {}

    private record ActionReference(MigId id) {}

    private record AgentReference(@JsonProperty("queueloc") String queueLoc) {}

    /** @throws RejectedException if it is no command that an agent could have sent */
    static Answer parse(byte[] body) throws RejectedException {
        if (body.length < SHORTEST || body[0] != '{') {
            throw new RejectedException("it is not a JSON object");
        }
        Document document = MigJson.read(body, Document.class);
        if (isNone(document.id())
                || document.action() == null
                || isNone(document.action().id())) {
            throw new RejectedException("the command or its action has no id");
        }
        if (document.agent() == null || document.agent().queueLoc() == null) {
            throw new RejectedException("it does not name its agent");
        }
        if (document.status() == null || document.status().isEmpty()) {
            throw new RejectedException("it has no status");
        }
        QueueLoc queueLoc = QueueLoc.parse(document.agent().queueLoc());
        List<ModuleResult> results = results(document);
        CommandStatus status = status(document.status());
        if (status == CommandStatus.NONE) {
            String reason = "the agent returned the status '" + shortened(document.status()) + "', which no agent has";
            return new Answer(
                    document.id(), document.action().id(), queueLoc, CommandStatus.FAILED, withError(results, reason));
        }
        return new Answer(document.id(), document.action().id(), queueLoc, status, results);
    }

    private static boolean isNone(MigId id) {
        return id == null || id.isNone();
    }

    private static List<ModuleResult> results(Document document) {
        return document.results() == null
                ? List.of()
                : document.results().stream()
                        .map(r -> Objects.requireNonNullElse(r, ModuleResult.EMPTY))
                        .toList();
    }

    /** NONE for a word that agents do not use. */
    private static CommandStatus status(String word) {
        return FROM_AGENTS.stream()
                .filter(s -> s.word().equals(word))
                .findFirst()
                .orElse(CommandStatus.NONE);
    }

    private static String shortened(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 64 ? printable : printable.substring(0, 64) + "...";
    }

    private static List<ModuleResult> withError(List<ModuleResult> results, String reason) {
        if (results.isEmpty()) {
            return List.of(ModuleResult.failed(reason));
        }
        ModuleResult first = results.get(0);
        List<String> errors = new ArrayList<>(first.errors());
        errors.add(reason);
        List<ModuleResult> all = new ArrayList<>(results);
        all.set(
                0,
                new ModuleResult(first.foundAnything(), first.success(), first.elements(), first.statistics(), errors));
        return all;
    }

    /** As the database takes it. */
    Command toCommand() {
        Agent agent =
                new Agent(null, null, queueLoc.toString(), null, null, 0, null, null, null, null, false, null, null);
        return new Command(command, Action.NONE.withId(action), agent, status, results, null, null);
    }

    /** Results may be secret. */
    @Override
    public String toString() {
        return "Answer[command " + command + ", action " + action + ", " + status + "]";
    }
}
