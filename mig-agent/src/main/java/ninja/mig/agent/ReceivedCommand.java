package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Command;
import ninja.mig.model.MigId;
import ninja.mig.model.QueueLoc;

/**
 * A command as it came, kept as a tree: the answer returns every member as it was received, the action above all, and
 * replaces status, results and the agent's queue alone.
 */
final class ReceivedCommand {
    static final int MAX_BODY = 16 << 20;
    static final int MAX_ACTION = 5 << 20;

    /** Each takes some fifty bytes once it is read, and this process has little memory. */
    static final int MAX_VALUES = 100_000;

    private final ObjectNode tree;
    private final MigId id;
    private final int size;

    private ReceivedCommand(ObjectNode tree, MigId id, int size) {
        this.tree = tree;
        this.id = id;
        this.size = size;
    }

    /** @throws MalformedJsonException if the message is no JSON object or too large to be looked at */
    static ReceivedCommand read(byte[] body) throws MalformedJsonException {
        if (body.length > MAX_BODY) {
            throw new MalformedJsonException("not a command: " + body.length + " bytes, more than " + MAX_BODY);
        }
        if (!hasFewValues(body)) {
            throw new MalformedJsonException("not a command: more than " + MAX_VALUES + " values");
        }
        return of(MigJson.tree(body), body.length);
    }

    /** Counts what separates values, outside of strings, before anything is made of them. */
    private static boolean hasFewValues(byte[] json) {
        int values = 0;
        boolean inString = false;
        for (int i = 0; i < json.length; i++) {
            byte c = json[i];
            if (c == '"') {
                inString = !inString;
            } else if (inString) {
                i += c == '\\' ? 1 : 0;
            } else if (c == ',' || c == '[' || c == '{') {
                values++;
            }
        }
        return values <= MAX_VALUES;
    }

    private static ReceivedCommand of(JsonNode tree, int size) throws MalformedJsonException {
        if (!tree.isObject()) {
            throw new MalformedJsonException("not a command: no JSON object");
        }
        ObjectNode object = (ObjectNode) tree;
        return new ReceivedCommand(object, readId(object), size);
    }

    private static MigId readId(ObjectNode tree) {
        Optional<JsonNode> number = member(tree, "id").filter(JsonNode::isNumber);
        try {
            return number.isPresent() ? MigId.of(number.get().doubleValue()) : MigId.NONE;
        } catch (IllegalArgumentException e) {
            // Not a number that anybody could be answered by.
            return MigId.NONE;
        }
    }

    /** The number to answer to; none if the message has no good one. */
    MigId id() {
        return id;
    }

    /** The number of the action, for log lines. */
    MigId actionId() {
        return member(tree, "action")
                .filter(JsonNode::isObject)
                .map(action -> readId((ObjectNode) action))
                .orElse(MigId.NONE);
    }

    /** @throws MalformedJsonException if a member has the wrong type, or the action is too large */
    Command command() throws MalformedJsonException {
        Optional<JsonNode> action = member(tree, "action");
        if (size > MAX_ACTION && action.isPresent() && MigJson.bytes(action.get()).length > MAX_ACTION) {
            throw new MalformedJsonException("not a command: its action has more than " + MAX_ACTION + " bytes");
        }
        return MigJson.bind(tree, Command.class);
    }

    /** The answer of an agent that did nothing: the reason once per operation. */
    Answer refusal(String reason, QueueLoc self) {
        int operations = member(tree, "action")
                .flatMap(action -> member(action, "operations"))
                .filter(JsonNode::isArray)
                .map(JsonNode::size)
                .orElse(1);
        int entries = Math.max(1, Math.min(operations, Action.MAX_OPERATIONS));
        return answer(Collections.nCopies(entries, new Outcome.Crashed(reason)), self);
    }

    /** @param outcomes one per operation, in their order */
    Answer answer(List<? extends Outcome> outcomes, QueueLoc self) {
        ObjectNode answer = tree.objectNode().setAll(tree);
        ObjectNode returned = member(answer, "agent")
                .filter(JsonNode::isObject)
                .map(agent -> (ObjectNode) agent.deepCopy())
                .orElseGet(answer::objectNode);
        replace(returned, "queueloc", returned.textNode(self.toString()));
        replace(answer, "agent", returned);
        replace(answer, "status", answer.textNode(Outcome.worst(outcomes).word()));
        spelling(answer, "results").ifPresent(answer::remove);
        return new Answer(MigJson.bytes(answer), outcomes);
    }

    private static void replace(ObjectNode object, String member, JsonNode value) {
        object.set(spelling(object, member).orElse(member), value);
    }

    private static Optional<JsonNode> member(JsonNode object, String member) {
        return spelling(object, member).map(object::get);
    }

    /**
     * Members match without regard to case, by the rule of {@link MigJson}: {@code equalsIgnoreCase} would take an I
     * without its dot for an i, and read another member than everybody else.
     */
    private static Optional<String> spelling(JsonNode object, String member) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (name.toLowerCase(Locale.ROOT).equals(member)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
