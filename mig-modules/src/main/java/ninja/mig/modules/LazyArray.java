package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.AbstractList;
import java.util.function.IntFunction;

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
}
