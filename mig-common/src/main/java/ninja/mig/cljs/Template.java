package ninja.mig.cljs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** The parameters that a POST takes. */
public record Template(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Data> data) {
    public static final Template NONE = new Template(List.of());

    public Template {
        data = data == null ? List.of() : List.copyOf(data);
    }
}
