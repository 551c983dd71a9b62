package ninja.mig.chaos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import ninja.mig.fleet.Behaviour;
import ninja.mig.fleet.Fleet;
import ninja.mig.fleet.SimulatedAgent;
import ninja.mig.json.MigJson;
import ninja.mig.relay.Topology;

/**
 * A message that somebody with an agent's password sends, and that must do no harm.
 *
 * @param counter that grows by one when the scheduler refuses it
 */
record Poison(String name, String queue, byte[] body, String counter) {
    /** Found in no result that is believed. */
    static final String MARK = "FORGED";

    /** Counts answers to commands that have succeeded already. */
    static final String REPEATED = "mig_results_refused_total{reason=\"repeated\"}";

    private static final int MIB = 1024 * 1024;
    private static final String HEARTBEAT = "mig_heartbeats_refused_total{reason=\"%s\"}";
    private static final String RESULT = "mig_results_refused_total{reason=\"%s\"}";

    /**
     * One of each kind.
     *
     * @param command that the first of the agents has answered
     * @param agents of which each tries something else
     */
    static List<Poison> all(ObjectNode command, List<SimulatedAgent> agents) throws Exception {
        SimulatedAgent owner = agents.get(0);
        byte[] heartbeat = owner.heartbeat(Instant.now());
        byte[] answer = Behaviour.answer(owner, command, "success");
        return List.of(
                heartbeat("truncated heartbeat", "malformed", Arrays.copyOf(heartbeat, heartbeat.length / 2)),
                heartbeat("heartbeat of NUL bytes", "malformed", new byte[1000]),
                heartbeat("heartbeat of 10 MiB", "malformed", padded(heartbeat)),
                heartbeat("heartbeat with a negative pid", "malformed", replaced(heartbeat, "\"pid\":", "\"pid\":-")),
                heartbeat("heartbeat of a stranger", "unauthorized", replaced(heartbeat, "linux.", "linux.stranger")),
                heartbeat(
                        "heartbeat of yesterday",
                        "expired",
                        owner.heartbeat(Instant.now().minus(Duration.ofDays(1)))),
                result("truncated result", "malformed", Arrays.copyOf(answer, answer.length / 2)),
                result("result of NUL bytes", "malformed", new byte[1000]),
                result("result of 10 MiB", "malformed", padded(answer)),
                result("result of a stranger", "unauthorized", forged(command, "linux.stranger-1.x", 0, 0)),
                result(
                        "result of another agent",
                        "wrong_agent",
                        forged(command, agents.get(1).queueLoc(), 0, 0)),
                result(
                        "result of no command",
                        "unknown_command",
                        forged(command, agents.get(2).queueLoc(), 1L << 40, 0)),
                result("result for another action", "wrong_action", forged(command, owner.queueLoc(), 0, 1)),
                result("replayed result", "repeated", forged(command, owner.queueLoc(), 0, 0)));
    }

    private static Poison heartbeat(String name, String reason, byte[] body) {
        return new Poison(name, Topology.HEARTBEATS, body, HEARTBEAT.formatted(reason));
    }

    private static Poison result(String name, String reason, byte[] body) {
        return new Poison(name, Topology.RESULTS, body, RESULT.formatted(reason));
    }

    private static byte[] padded(byte[] json) {
        byte[] padded = new byte[10 * MIB];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(json, 0, padded, 0, json.length);
        return padded;
    }

    private static byte[] replaced(byte[] body, String what, String by) {
        return new String(body, StandardCharsets.UTF_8).replace(what, by).getBytes(StandardCharsets.UTF_8);
    }

    /** A success that nobody had, with other ids by so much. */
    private static byte[] forged(ObjectNode command, String queueLoc, long otherCommand, long otherAction) {
        ObjectNode forged = command.deepCopy();
        forged.put("id", forged.get("id").asLong() + otherCommand);
        ObjectNode action = (ObjectNode) forged.get("action");
        action.put("id", action.get("id").asLong() + otherAction);
        ((ObjectNode) forged.get("agent")).put("queueloc", queueLoc);
        forged.put("status", "success");
        forged.putArray("results")
                .addObject()
                .put("foundanything", true)
                .put("success", true)
                .putArray("errors")
                .add(MARK);
        return MigJson.bytes(forged);
    }

    /** Returns once the relay has it. */
    void send(Fleet fleet) {
        fleet.publish(fleet.agents().get(0), queue, body).join();
    }
}
