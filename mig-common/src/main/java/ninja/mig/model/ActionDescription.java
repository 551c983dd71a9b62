package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;

/** Who wrote an action; free text, not signed. {@code revision} is any number the author likes, 0 for none. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ActionDescription(
        String author,
        String email,
        String url,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) double revision) {

    public static final ActionDescription NONE = new ActionDescription("", "", "", 0);

    public ActionDescription {
        author = Objects.requireNonNullElse(author, "");
        email = Objects.requireNonNullElse(email, "");
        url = Objects.requireNonNullElse(url, "");
    }
}
