package ninja.mig.modules.example;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * @param getHostname tell the name of the host
 * @param getAddresses tell its addresses
 * @param lookupHost tell the addresses of these fully qualified names
 */
record ExampleParameters(
        @JsonProperty("gethostname") boolean getHostname,
        @JsonProperty("getaddresses") boolean getAddresses,
        @JsonProperty("lookuphost") List<String> lookupHost) {
    ExampleParameters {
        lookupHost = lookupHost == null
                ? List.of()
                : lookupHost.stream().map(String::valueOf).toList();
    }
}
