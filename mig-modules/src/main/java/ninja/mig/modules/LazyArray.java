package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** A JSON array whose elements are made when somebody looks at them, each time anew: all at once would take much memory. */
public final class LazyArray {
    private LazyArray() {}

    /** @param element makes the one at a position; changes to what it made are lost */
    public static ArrayNode of(int size, IntFunction<JsonNode> element) {
        return new ArrayNode(JsonNodeFactory.instance, new AbstractList<>() {
            @Override
            public JsonNode get(int index) {
                return element.apply(index);
            }

            @Override
            public int size() {
                return size;
            }
        });
    }

    /**
     * The entries of a search: one for each match, or one that says that there is none.
     *
     * @param matches of each check
     * @param asked what a check was, by its position; made once for all its entries
     * @param entry makes one of what was asked and of the match, if there is any
     */
    public static <A, M> ArrayNode ofMatches(
            List<List<M>> matches, IntFunction<A> asked, BiFunction<A, Optional<M>, JsonNode> entry) {
        List<Supplier<JsonNode>> entries = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) {
            A question = asked.apply(i);
            if (matches.get(i).isEmpty()) {
                entries.add(() -> entry.apply(question, Optional.empty()));
            }
            matches.get(i).forEach(match -> entries.add(() -> entry.apply(question, Optional.of(match))));
        }
        return of(entries.size(), i -> entries.get(i).get());
    }
}
