package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One thing to run on an agent. The parameters are kept as the decoded tree: what is signed and what a module gets are
 * computed from this very object.
 *
 * @param isCompressed the parameters are base64 of gzip of JSON; part of the signed text, refused by {@link #validate}
 * @param wantCompressed the author's wish to compress; part of the signed text
 */
public record Operation(
        String module,
        JsonNode parameters,

        @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("is_compressed")
        boolean isCompressed,

        @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("want_compressed")
        boolean wantCompressed) {

    /** No operation: {@code null} in a list of them. */
    static final Operation NONE = new Operation(null, null);

    private static final Pattern MODULE = Pattern.compile("[a-z0-9_-]{1,64}");

    public Operation {
        module = Objects.requireNonNullElse(module, "");
        parameters = Objects.requireNonNullElse(parameters, NullNode.getInstance());
    }

    public Operation(String module, JsonNode parameters) {
        this(module, parameters, false, false);
    }

    void validate() throws InvalidActionException {
        if (module.isEmpty()) {
            throw new InvalidActionException("An operation has no module.");
        }
        if (!MODULE.matcher(module).matches() || module.equals("default")) {
            throw new InvalidActionException("'" + module.replaceAll("\\p{Cntrl}", "?") + "' is not a module name.");
        }
        if (isCompressed) {
            throw new InvalidActionException("Compressed parameters are not supported: module '" + module + "'.");
        }
    }
}
