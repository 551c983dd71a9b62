package ninja.mig.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.fleet.Behaviour;
import ninja.mig.fleet.Fleet;
import ninja.mig.fleet.Result;
import ninja.mig.fleet.SimulatedAgent;
import ninja.mig.relay.Topology;

/** Agents that answer at once, or keep their answers until they are let go. */
final class Answers implements Behaviour {
    private record Held(SimulatedAgent agent, byte[] body) {}

    private final List<Held> held = new ArrayList<>();
    private boolean holding;

    @Override
    public synchronized List<Result> answer(SimulatedAgent agent, JsonNode command) {
        byte[] body = Behaviour.answer(agent, command, "success");
        if (!holding) {
            return List.of(Result.now(body));
        }
        held.add(new Held(agent, body));
        return List.of();
    }

    synchronized void hold() {
        holding = true;
    }

    synchronized void letGo(Fleet through) {
        holding = false;
        letGo(through, held.size());
    }

    /** Some of those that it holds. */
    synchronized void letGo(Fleet through, int count) {
        List<Held> some = held.subList(0, count);
        some.forEach(one -> through.publish(one.agent(), Topology.RESULTS, one.body()));
        some.clear();
    }
}
