package ninja.mig.cljs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;

/** An address related to an answer or to an item. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Link(
        @JsonInclude(JsonInclude.Include.ALWAYS) String rel,
        @JsonInclude(JsonInclude.Include.ALWAYS) String href,
        String name,
        String render,
        String prompt) {

    public Link {
        rel = Objects.requireNonNullElse(rel, "");
        href = Objects.requireNonNullElse(href, "");
        name = Objects.requireNonNullElse(name, "");
        render = Objects.requireNonNullElse(render, "");
        prompt = Objects.requireNonNullElse(prompt, "");
    }

    public Link(String rel, String href, String name) {
        this(rel, href, name, "", "");
    }
}
