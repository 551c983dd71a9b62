package ninja.mig.modules.agentdestroy;

import com.fasterxml.jackson.databind.JsonNode;
import ninja.mig.modules.AgentFile;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;

/**
 * @param pid of the agent
 * @param version that it has
 */
record AgentDestroyParameters(long pid, String version) {
    private static final long HIGHEST_PID = 4_194_304;

    /** As they are written in an action, where both may be missing. */
    record Received(Long pid, String version) {}

    static AgentDestroyParameters bind(JsonNode parameters) throws InvalidParametersException {
        Received received = Parameters.bind(parameters, Received.class);
        if (received.pid() == null || received.pid() < 2 || received.pid() > HIGHEST_PID) {
            throw new InvalidParametersException("pid: expected a number from 2 to " + HIGHEST_PID + ", found "
                    + (received.pid() == null ? "none" : received.pid()));
        }
        if (received.version() == null
                || !AgentFile.VERSION.matcher(received.version()).matches()) {
            throw new InvalidParametersException(
                    "version: expected 1 to 128 letters, digits and . _ + -, the version of the agent that is to end");
        }
        return new AgentDestroyParameters(received.pid(), received.version());
    }
}
