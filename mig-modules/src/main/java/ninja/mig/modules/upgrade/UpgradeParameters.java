package ninja.mig.modules.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Printable;

/** @param releases by platform, such as {@code linux/amd64} */
record UpgradeParameters(Map<String, Release> releases) {
    private static final Pattern PLATFORM = Pattern.compile("[a-z0-9_]{1,32}/[a-z0-9_]{1,32}");

    static UpgradeParameters bind(JsonNode parameters) throws InvalidParametersException {
        Map<String, Release> releases = new LinkedHashMap<>();
        if (parameters != null && !parameters.isNull() && !parameters.isObject()) {
            throw new InvalidParametersException("parameters: expected an object of releases by platform");
        }
        if (parameters != null) {
            for (Map.Entry<String, JsonNode> entry : parameters.properties()) {
                if (!PLATFORM.matcher(entry.getKey()).matches()) {
                    throw new InvalidParametersException("'" + Printable.line(entry.getKey())
                            + "' is not a platform such as linux/amd64, by which releases are named");
                }
                releases.put(entry.getKey(), Release.bind(entry.getKey(), entry.getValue()));
            }
        }
        return new UpgradeParameters(releases);
    }
}
