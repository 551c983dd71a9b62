package ninja.mig.modules.sshkey;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/**
 * @param paths where to look; empty for the homes of this system
 * @param maxDepth levels of folders, 1 to 1000; 0 for 8
 */
record SshKeyParameters(
        List<String> paths, @JsonProperty("maxdepth") long maxDepth) {
    SshKeyParameters {
        paths = Objects.requireNonNullElse(paths, List.of());
    }
}
