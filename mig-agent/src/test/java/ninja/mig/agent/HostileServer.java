package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.CanonicalForm;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.PublicKey;

/**
 * Relay, scheduler and database in the hands of an attacker: he has every action that investigators ever signed, some of
 * their keys that are worth nothing any more, and sends the agent what he likes. What he cannot do is sign with a good key;
 * where an investigator's signature over something odd is needed, it stands for one that was obtained by trickery.
 */
final class HostileServer {
    /** What one attempt sends: {@code before} is honest and runs, {@code message} must not. */
    record Shot(long id, byte[] message, List<byte[]> before) {}

    final ThiefKey bob;
    final ThiefKey sam;
    /** Trusted by the agent, but of no weight in its ACL. */
    final ThiefKey guest;

    final ThiefKey mallory;
    final Instant now;
    private final Path record;
    private final List<String> others = new ArrayList<>();
    private long lastId = 1000;

    /** @param record the file that the probe writes to if it ever runs for the attacker */
    HostileServer(Instant now, Path record) throws Exception {
        this.now = now;
        this.record = record;
        Instant created = now.minusSeconds(86_400);
        bob = ThiefKey.generated("Bob Kelso <bob@example.net>", created);
        sam = ThiefKey.generated("Sam Axe <sam@example.net>", created);
        guest = ThiefKey.generated("Gil Orne <gil@example.net>", created);
        mallory = ThiefKey.generated("Mallory <mallory@example.net>", created);
        for (String name : List.of("alice", "frank", "grace", "heidi", "karl", "ivan", "lena", "oscar", "erin")) {
            others.add(ThiefKey.resource("keys/" + name + ".pub.asc"));
        }
    }

    /** The keys that are built into the agent. */
    List<String> publicKeys() {
        List<String> keys = new ArrayList<>(List.of(bob.armoredPublic(), sam.armoredPublic(), guest.armoredPublic()));
        keys.addAll(others);
        return keys;
    }

    /** Bob alone may run anything, Sam needs company; the keys of the vectors would have the weight, were they good. */
    String acl() throws Exception {
        StringBuilder weights = new StringBuilder(entry("Bob", bob, 2) + "," + entry("Sam", sam, 1));
        for (String other : others) {
            Fingerprint fingerprint = PublicKey.parse(other).fingerprint();
            weights.append(',').append(entry(fingerprint.hex(), fingerprint, 2));
        }
        return "{\"default\":{\"minimumweight\":2,\"investigators\":{" + weights + "}},"
                + "\"netstat\":{\"minimumweight\":3,\"investigators\":{" + entry("Bob", bob, 2) + ","
                + entry("Sam", sam, 1) + "}},"
                + "\"agentdestroy\":{\"minimumweight\":1,\"investigators\":{" + entry("Sam", sam, 1) + "}}}";
    }

    private static String entry(String name, ThiefKey key, int weight) throws Exception {
        return entry(name, key.fingerprint(), weight);
    }

    private static String entry(String name, Fingerprint fingerprint, int weight) {
        return "\"" + name + "\":{\"fingerprint\":\"" + fingerprint + "\",\"weight\":" + weight + "}";
    }

    /** The operation that leaves a trace. */
    Operation probe() {
        return probe("record " + record);
    }

    Operation probe(String order) {
        return new Operation("probe", MigJson.toTree(Map.of("do", order)));
    }

    static Operation operation(String module, String parameters) {
        return Investigation.operation(module, parameters);
    }

    Action draft(Operation... operations) {
        return Action.draft(
                "hunt", "status='online'", now.minusSeconds(60), now.plusSeconds(3600), List.of(operations));
    }

    /** With a good signature of each key. */
    Action signed(Action action, ThiefKey... keys) throws Exception {
        List<String> signatures = new ArrayList<>();
        for (ThiefKey key : keys) {
            signatures.add(key.sign(action.canonical(CanonicalForm.C19), now));
        }
        return action.withSignatures(signatures);
    }

    Action signedProbe() throws Exception {
        return signed(draft(probe()), bob);
    }

    /** What the signatures of that action cover. */
    static byte[] text(Action action) {
        return action.canonical(CanonicalForm.C19);
    }

    /** In an honest command. */
    Shot send(Action action) {
        return send(action, List.of());
    }

    Shot send(Action action, List<byte[]> before) {
        long id = nextId();
        return new Shot(id, command(id, action), before);
    }

    byte[] command(long id, Action action) {
        int entries = Math.max(1, Math.min(action.operations().size(), Action.MAX_OPERATIONS));
        return MigJson.bytes(new Command(
                new MigId(id),
                action.withId(new MigId(7)),
                Agent.NONE,
                CommandStatus.SENT,
                new ArrayList<>(Collections.nCopies(entries, ModuleResult.EMPTY)),
                now,
                Times.UNSET));
    }

    /** Any text in the place of the action. */
    Shot sendAction(String action) {
        long id = nextId();
        return new Shot(
                id, ("{\"id\":" + id + ",\"action\":" + action + ",\"status\":\"sent\"}").getBytes(UTF_8), List.of());
    }

    /** The action as it is in JSON, with something replaced that must be there. */
    Shot sendEdited(Action action, String old, String edited) {
        String json = MigJson.text(action);
        if (!json.contains(old)) {
            throw new IllegalArgumentException("there is no " + old + " in " + json);
        }
        return sendAction(json.replace(old, edited));
    }

    /** The command as text, with its id replaced by something that is none. */
    Shot sendWithId(String idText) throws Exception {
        return new Shot(
                0,
                ("{\"id\":" + idText + ",\"action\":" + MigJson.text(signedProbe()) + "}").getBytes(UTF_8),
                List.of());
    }

    /** A good command whose text is changed; nobody can answer it. */
    Shot sendBroken(UnaryOperator<String> change) throws Exception {
        return new Shot(
                0,
                change.apply(new String(send(signedProbe()).message(), UTF_8)).getBytes(UTF_8),
                List.of());
    }

    Shot sendBytes(byte[] message) {
        return new Shot(0, message, List.of());
    }

    /** The tree of an action, for changes that {@link Action} cannot express. */
    static ObjectNode tree(Action action) {
        return (ObjectNode) MigJson.toTree(action);
    }

    static ObjectNode operationTree(ObjectNode action, int index) {
        return (ObjectNode) action.get("operations").get(index);
    }

    Shot send(JsonNode action) {
        return sendAction(MigJson.text(action));
    }

    long nextId() {
        return ++lastId;
    }
}
