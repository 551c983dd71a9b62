package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;

/** What an action looks for; free text, not signed. Family {@code compliance} makes results compliance items. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Threat(String ref, String level, String family, String type) {
    public static final Threat NONE = new Threat("", "", "", "");

    public Threat {
        ref = Objects.requireNonNullElse(ref, "");
        level = Objects.requireNonNullElse(level, "");
        family = Objects.requireNonNullElse(family, "");
        type = Objects.requireNonNullElse(type, "");
    }
}
