package ninja.mig.database;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ninja.mig.database.Finish.Outcome;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.ModuleResult;

/** Whether an answer belongs to the command that it names, and the command with it. */
final class Answer {
    private static final Set<CommandStatus> ALLOWED =
            EnumSet.of(CommandStatus.SUCCESS, CommandStatus.FAILED, CommandStatus.TIMEOUT, CommandStatus.CANCELLED);

    private Answer() {}

    /** @param known the command as the database has it, null if it has none */
    static Finish judge(Command known, Command answer, Instant now) {
        if (known == null) {
            return refused(Outcome.UNKNOWN_COMMAND);
        }
        if (answer.action() == null
                || !answer.action().id().equals(known.action().id())) {
            return refused(Outcome.WRONG_ACTION);
        }
        if (answer.agent() == null
                || !answer.agent().queueLoc().equals(known.agent().queueLoc())) {
            return refused(Outcome.WRONG_AGENT);
        }
        if (known.status() == CommandStatus.SUCCESS) {
            return refused(Outcome.ALREADY_SUCCESSFUL);
        }
        return new Finish(Outcome.FINISHED, Optional.of(merge(known, answer).finishedAt(now)));
    }

    private static Finish refused(Outcome outcome) {
        return new Finish(outcome, Optional.empty());
    }

    private static Command merge(Command known, Command answer) {
        int operations = known.action().operations().size();
        if (ALLOWED.contains(answer.status())) {
            return known.withAnswer(answer.status(), oneForEach(operations, answer.results()));
        }
        ModuleResult reason = ModuleResult.failed("the agent returned the command in status '" + answer.status() + "'");
        return known.withAnswer(CommandStatus.FAILED, oneForEach(operations, List.of(reason)));
    }

    private static List<ModuleResult> oneForEach(int operations, List<ModuleResult> results) {
        List<ModuleResult> list = new ArrayList<>(results.subList(0, Math.min(operations, results.size())));
        while (list.size() < operations) {
            list.add(ModuleResult.EMPTY);
        }
        return list;
    }
}
