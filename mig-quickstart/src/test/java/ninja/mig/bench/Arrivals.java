package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import ninja.mig.fleet.Behaviour;
import ninja.mig.fleet.Result;
import ninja.mig.fleet.SimulatedAgent;

/** Obedient agents, and when their commands came. */
final class Arrivals implements Behaviour {
    private JsonNode sample;
    private long first;
    private long last;

    @Override
    public List<Result> answer(SimulatedAgent agent, JsonNode command) {
        note(command, System.nanoTime());
        return OBEDIENT.answer(agent, command);
    }

    private synchronized void note(JsonNode command, long now) {
        sample = command;
        first = first == 0 ? now : first;
        last = now;
    }

    synchronized void reset() {
        first = 0;
    }

    /** When the first command since {@link #reset} came, by {@link System#nanoTime}. */
    synchronized long first() {
        return first;
    }

    synchronized long last() {
        return last;
    }

    /** Any command. */
    synchronized JsonNode sample() {
        return sample;
    }
}
