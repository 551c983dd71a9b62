package ninja.mig.json;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.MigId;

/** Says in our words that a value is not of the kind that its member takes: the library's words are about its classes. */
final class WrongType {
    private WrongType() {}

    /**
     * @param document that was to be bound
     * @return {@code expected a text, found a list}; nothing if the kind is not what is wrong
     */
    static Optional<String> of(JsonMappingException e, JsonNode document) {
        if (!(e instanceof MismatchedInputException mismatch) || mismatch.getTargetType() == null) {
            return Optional.empty();
        }
        JsonNode found = document;
        for (JsonMappingException.Reference step : e.getPath()) {
            found = step.getFieldName() == null ? found.path(step.getIndex()) : member(found, step.getFieldName());
        }
        return found.isMissingNode()
                ? Optional.empty()
                : Optional.of("expected " + expected(mismatch.getTargetType()) + ", found " + JsonTree.kind(found));
    }

    private static JsonNode member(JsonNode object, String name) {
        return object.has(name)
                ? object.get(name)
                : object.properties().stream()
                        .filter(member -> member.getKey().equalsIgnoreCase(name))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(MissingNode.getInstance());
    }

    private static String expected(Class<?> type) {
        if (type == String.class || type.isEnum()) {
            return "a text";
        }
        if (type == Instant.class) {
            return "a time";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type) || type == MigId.class) {
            return "a whole number";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
    }
}
