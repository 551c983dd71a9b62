package ninja.mig.cljs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One answer of the API, inside {@code {"collection": ...}}: see {@link Envelope}. */
public record Resource(
        String version,
        String href,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Link> links,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Item> items,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Query> queries,
        Template template,
        ApiError error) {

    private static final String VERSION = "1.0";

    public Resource {
        version = Objects.requireNonNullElse(version, VERSION);
        href = Objects.requireNonNullElse(href, "");
        links = links == null ? List.of() : List.copyOf(links);
        items = items == null ? List.of() : List.copyOf(items);
        queries = queries == null ? List.of() : List.copyOf(queries);
        template = Objects.requireNonNullElse(template, Template.NONE);
        error = Objects.requireNonNullElse(error, ApiError.NONE);
    }

    /** An answer that holds these items. */
    public static Resource of(String href, List<Item> items) {
        return new Resource(VERSION, href, List.of(), items, List.of(), Template.NONE, ApiError.NONE);
    }

    /** An answer that says which parameters a POST takes. */
    public static Resource describing(String href, List<Data> template) {
        return new Resource(VERSION, href, List.of(), List.of(), List.of(), new Template(template), ApiError.NONE);
    }

    /** A refusal; {@code code} is the number of the request, as in the log. */
    public static Resource failed(String href, String code, String message) {
        return new Resource(
                VERSION, href, List.of(), List.of(), List.of(), Template.NONE, new ApiError("", code, message));
    }

    public Resource withItems(List<Item> newItems) {
        return new Resource(version, href, links, newItems, queries, template, error);
    }

    public Resource withLinks(List<Link> newLinks) {
        return new Resource(version, href, newLinks, items, queries, template, error);
    }

    public Resource withQueries(List<Query> newQueries) {
        return new Resource(version, href, links, items, newQueries, template, error);
    }

    /** The first data of this name, in any item. */
    public Optional<Data> data(String name) {
        return items.stream()
                .flatMap(item -> item.data().stream())
                .filter(data -> data.name().equals(name))
                .findFirst();
    }
}
