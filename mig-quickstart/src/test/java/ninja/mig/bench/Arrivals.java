package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import ninja.mig.fleet.Behaviour;
import ninja.mig.fleet.Result;
import ninja.mig.fleet.SimulatedAgent;

/** Obedient agents, and when their commands came. What they are asked by others than the scheduler they answer elsewhere. */
final class Arrivals implements Behaviour {
    private JsonNode sample;
    private long first;
    private long last;
    private volatile Optional<String> elsewhere = Optional.empty();

    @Override
    public List<Result> answer(SimulatedAgent agent, JsonNode command) {
        note(command, System.nanoTime());
        List<Result> results = OBEDIENT.answer(agent, command);
        return elsewhere
                .map(queue -> results.stream().map(result -> result.to(queue)).toList())
                .orElse(results);
    }

    /** From now on results go to this queue, or to the scheduler's. */
    void answerTo(Optional<String> queue) {
        elsewhere = queue;
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
