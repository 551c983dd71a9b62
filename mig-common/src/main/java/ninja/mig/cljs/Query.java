package ninja.mig.cljs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;

/** A question that the API answers, with its parameters. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Query(
        @JsonInclude(JsonInclude.Include.ALWAYS) String rel,
        @JsonInclude(JsonInclude.Include.ALWAYS) String href,
        String name,
        String prompt,
        List<Data> data) {

    public Query {
        rel = Objects.requireNonNullElse(rel, "");
        href = Objects.requireNonNullElse(href, "");
        name = Objects.requireNonNullElse(name, "");
        prompt = Objects.requireNonNullElse(prompt, "");
        data = data == null ? List.of() : List.copyOf(data);
    }
}
