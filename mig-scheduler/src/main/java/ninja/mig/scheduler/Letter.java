package ninja.mig.scheduler;

import java.time.Instant;
import ninja.mig.json.MigJson;
import ninja.mig.model.Command;
import ninja.mig.model.MigId;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;

/**
 * A command on its way to an agent: what is written on the envelope, and the command's document.
 *
 * @param queue of the agent
 * @param expireAfter when it is of no use any more
 */
record Letter(MigId action, MigId command, String agentName, String queue, Instant expireAfter, byte[] body) {
    /** @throws RejectedException if the document is no command that could be sent */
    static Letter parse(byte[] body) throws RejectedException {
        return of(MigJson.read(body, Command.class), body);
    }

    /** @param body the command's document */
    static Letter of(Command command, byte[] body) throws RejectedException {
        if (command.id().isNone() || command.action().id().isNone()) {
            throw new RejectedException("the command or its action has no id");
        }
        return new Letter(
                command.action().id(),
                command.id(),
                command.agent().name(),
                QueueLoc.parse(command.agent().queueLoc()).queue(),
                command.action().expireAfter(),
                body);
    }

    /** The envelope alone. */
    @Override
    public String toString() {
        return "Letter[command " + command + ", action " + action + ", " + queue + "]";
    }
}
