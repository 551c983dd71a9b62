package ninja.mig.cljs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.Objects;

/**
 * A named value. Readers find data by name, never by position.
 *
 * @param value any document or JSON value; a {@link JsonNode} when it was read
 */
public record Data(
        String name,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String prompt,

        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonDeserialize(as = JsonNode.class)
        Object value) {

    public Data {
        name = Objects.requireNonNullElse(name, "");
        prompt = Objects.requireNonNullElse(prompt, "");
    }

    public Data(String name, Object value) {
        this(name, "", value);
    }
}
