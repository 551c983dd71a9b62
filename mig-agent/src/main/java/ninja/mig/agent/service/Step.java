package ninja.mig.agent.service;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One thing that a service tool is asked to do.
 *
 * @param alternatives commands, of which the next is tried when one fails
 * @param tolerated whether to go on when all of them fail
 */
record Step(List<List<String>> alternatives, boolean tolerated) {
    Step {
        alternatives = List.copyOf(alternatives);
    }

    static Step must(String... command) {
        return new Step(List.of(List.of(command)), false);
    }

    static Step may(String... command) {
        return new Step(List.of(List.of(command)), true);
    }

    Step or(String... command) {
        return new Step(List.of(alternatives.get(0), List.of(command)), tolerated);
    }

    /** The same with the first word of every command changed. */
    Step withProgram(UnaryOperator<String> change) {
        return new Step(
                alternatives.stream()
                        .map(command -> {
                            List<String> changed = new ArrayList<>(command);
                            changed.set(0, change.apply(command.get(0)));
                            return List.copyOf(changed);
                        })
                        .toList(),
                tolerated);
    }
}
