package ninja.mig.cljs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;

/** Why a request was refused; all members empty when it was not. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ApiError(String title, String code, String message) {
    public static final ApiError NONE = new ApiError("", "", "");

    public ApiError {
        title = Objects.requireNonNullElse(title, "");
        code = Objects.requireNonNullElse(code, "");
        message = Objects.requireNonNullElse(message, "");
    }
}
