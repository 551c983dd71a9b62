package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;

/** One line on a module's standard input: its parameters, or the request to stop. */
public record ModuleMessage(
        @JsonProperty("class") String messageClass,
        @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode parameters) {

    public static final String PARAMETERS = "parameters";
    public static final String STOP = "stop";

    public ModuleMessage {
        messageClass = Objects.requireNonNullElse(messageClass, "");
        parameters = parameters == null || parameters.isNull() ? null : parameters;
    }

    public static ModuleMessage parameters(JsonNode parameters) {
        return new ModuleMessage(PARAMETERS, parameters);
    }

    public static ModuleMessage stop() {
        return new ModuleMessage(STOP, null);
    }
}
