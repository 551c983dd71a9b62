package ninja.mig.modules.upgrade;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import ninja.mig.modules.AgentFile;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;

/**
 * An agent's file for one platform.
 *
 * @param checksum SHA-256 in lower-case digits
 */
record Release(String version, URI location, String checksum) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    /** As it is written in an action. */
    record Received(@JsonProperty("to_version") String toVersion, String location, String checksum) {}

    /** @param platform what it is called in refusals */
    static Release bind(String platform, JsonNode parameters) throws InvalidParametersException {
        Received received = Parameters.bind(parameters, Received.class);
        if (received.toVersion() == null
                || !AgentFile.VERSION.matcher(received.toVersion()).matches()) {
            throw new InvalidParametersException(
                    platform + ": to_version must be 1 to 128 letters, digits and . _ + -");
        }
        if (received.checksum() == null || !SHA256.matcher(received.checksum()).matches()) {
            throw new InvalidParametersException(platform + ": checksum must be a SHA-256 of 64 hexadecimal digits");
        }
        if (received.location() == null) {
            throw new InvalidParametersException(platform + ": location is missing");
        }
        return new Release(
                received.toVersion(),
                location(platform, received.location()),
                received.checksum().toLowerCase(Locale.ROOT));
    }

    private static URI location(String platform, String text) throws InvalidParametersException {
        try {
            URI location = new URI(text);
            if (isHttp(location) && location.getUserInfo() == null) {
                return location;
            }
        } catch (URISyntaxException e) {
            throw new InvalidParametersException(
                    platform + ": location '" + Printable.line(text) + "' is not a URL: " + e.getReason(), e);
        }
        throw new InvalidParametersException(platform + ": location '" + Printable.line(text)
                + "' must begin with http:// or https://, a host, and no password");
    }

    /** Whether it is a URL of a web server. */
    static boolean isHttp(URI location) {
        return location.getScheme() != null
                && Set.of("http", "https").contains(location.getScheme().toLowerCase(Locale.ROOT))
                && location.getHost() != null
                && !location.getHost().isEmpty();
    }
}
