package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where an agent runs.
 *
 * @param init {@code systemd}, {@code upstart}, {@code sysvinit}, ...
 * @param ident the distribution
 * @param os {@code linux}, {@code darwin} or {@code windows}
 * @param arch {@code amd64}, {@code 386}, {@code arm64}, ...
 * @param proxy {@code host:port} of the proxy between agent and relay
 * @param addresses {@code ip/prefix} of each local address but loopback
 * @param other members that this version does not know; stored as they came, since targets may use them
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AgentEnvironment(
        String init,
        String ident,
        String os,
        String arch,

        @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("isproxied")
        boolean isProxied,

        String proxy,
        List<String> addresses,
        @JsonProperty("publicip") String publicIp,
        @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> other) {

    public static final AgentEnvironment UNKNOWN =
            new AgentEnvironment("", "", "", "", false, "", List.of(), "", Map.of());

    public AgentEnvironment {
        init = Objects.requireNonNullElse(init, "");
        ident = Objects.requireNonNullElse(ident, "");
        os = Objects.requireNonNullElse(os, "");
        arch = Objects.requireNonNullElse(arch, "");
        proxy = Objects.requireNonNullElse(proxy, "");
        addresses = addresses == null
                ? List.of()
                : addresses.stream().filter(Objects::nonNull).toList();
        publicIp = Objects.requireNonNullElse(publicIp, "");
        other = other == null ? Map.of() : Map.copyOf(other);
    }
}
