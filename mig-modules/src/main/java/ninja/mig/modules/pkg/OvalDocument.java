package ninja.mig.modules.pkg;

import java.util.List;
import java.util.Map;

/**
 * What an OVAL file defines, as far as it is understood here.
 *
 * @param definitions by their ids, in the order of the file
 * @param items tests, objects and states, by their ids
 */
record OvalDocument(Map<String, Definition> definitions, Map<String, Item> items) {
    /** Whether some test is about packages. */
    boolean asksForPackages() {
        return items.values().stream().anyMatch(item -> item.kind().matches("(rpm|dpkg)info_test"));
    }

    /** @param criteria what has to hold */
    record Definition(String id, String title, Criterion criteria) {}

    /** A node of what has to hold. */
    sealed interface Criterion {
        /** Whether its outcome is turned around. */
        boolean negated();
    }

    /** @param operator {@code AND}, {@code OR} or one that is not known here */
    record Criteria(String operator, List<Criterion> children, boolean negated) implements Criterion {
        Criteria {
            children = List.copyOf(children);
        }
    }

    record TestReference(String id, boolean negated) implements Criterion {}

    record DefinitionReference(String id, boolean negated) implements Criterion {}

    /**
     * A test, an object or a state.
     *
     * @param kind the name of its element, such as {@code rpminfo_test}
     * @param existence the attribute {@code check_existence}; empty if there is none
     * @param references ids of the objects and states of a test
     * @param entities of an object or a state, by the names of their elements
     */
    record Item(String kind, String existence, List<String> references, Map<String, Entity> entities) {
        /** There are many, and most have one member: copies take a third of the room. */
        Item {
            references = List.copyOf(references);
            entities = Map.copyOf(entities);
        }
    }

    /** @param operation {@code equals}, {@code less than}, {@code pattern match}... */
    record Entity(String value, String operation) {}
}
