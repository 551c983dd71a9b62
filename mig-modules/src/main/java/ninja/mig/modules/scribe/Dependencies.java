package ninja.mig.modules.scribe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ninja.mig.modules.InvalidParametersException;

/** Which tests need which others. */
final class Dependencies {
    private static final int MOST = 100_000;

    private final Map<String, Set<String>> needs = new LinkedHashMap<>();

    private Dependencies(List<ScribeDocument.TestDefinition> tests) throws InvalidParametersException {
        int count = 0;
        for (ScribeDocument.TestDefinition test : tests) {
            needs.put(test.test(), new LinkedHashSet<>(test.dependencies()));
            count += test.dependencies().size();
        }
        if (count > MOST) {
            throw new InvalidParametersException("tests: more than " + MOST + " dependencies");
        }
        for (ScribeDocument.TestDefinition test : tests) {
            for (String needed : test.dependencies()) {
                if (!needs.containsKey(needed)) {
                    throw new InvalidParametersException(
                            "test '" + test.test() + "' depends on '" + needed + "', which is no test of the document");
                }
            }
        }
    }

    /**
     * The ids of all tests, each after those that it depends on.
     *
     * @throws InvalidParametersException if a dependency is no test, or tests depend on each other in a circle
     */
    static List<String> order(List<ScribeDocument.TestDefinition> tests) throws InvalidParametersException {
        return new Dependencies(tests).order();
    }

    private List<String> order() throws InvalidParametersException {
        Map<String, Integer> open = new HashMap<>();
        Map<String, List<String>> neededBy = new HashMap<>();
        Deque<String> ready = new ArrayDeque<>();
        needs.forEach((test, needed) -> {
            open.put(test, needed.size());
            needed.forEach(
                    n -> neededBy.computeIfAbsent(n, key -> new ArrayList<>()).add(test));
            if (needed.isEmpty()) {
                ready.add(test);
            }
        });
        List<String> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            String test = ready.remove();
            order.add(test);
            for (String waiting : neededBy.getOrDefault(test, List.of())) {
                if (open.merge(waiting, -1, Integer::sum) == 0) {
                    ready.add(waiting);
                }
            }
        }
        if (order.size() < needs.size()) {
            throw new InvalidParametersException("tests depend on themselves: " + circle(order));
        }
        return order;
    }

    /** One of the circles. Every test that could not be ordered needs another one that could not. */
    private String circle(List<String> ordered) {
        Set<String> left = new LinkedHashSet<>(needs.keySet());
        left.removeAll(Set.copyOf(ordered));
        List<String> way = new ArrayList<>();
        Set<String> met = new LinkedHashSet<>();
        String test = left.iterator().next();
        while (met.add(test)) {
            way.add(test);
            test = needs.get(test).stream().filter(left::contains).findFirst().orElseThrow();
        }
        List<String> circle = new ArrayList<>(way.subList(way.indexOf(test), way.size()));
        circle.add(test);
        String text = String.join(" needs ", circle.subList(0, Math.min(circle.size(), 10)));
        return circle.size() > 10 ? text + " needs ..." : text;
    }
}
