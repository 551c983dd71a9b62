package ninja.mig.cljs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;

/** One thing in an answer, with its own address. */
public record Item(
        String href,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Data> data,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Link> links) {

    public Item {
        href = Objects.requireNonNullElse(href, "");
        data = data == null ? List.of() : List.copyOf(data);
        links = links == null ? List.of() : List.copyOf(links);
    }

    public Item(String href, Data... data) {
        this(href, List.of(data), List.of());
    }
}
