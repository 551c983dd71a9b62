package ninja.mig.relay;

import java.util.Optional;

/**
 * How the relay is at the moment.
 *
 * @param consuming whether the connection that consumes works
 * @param publishing whether the connection that publishes works
 * @param blocked why the relay takes no messages, if so
 * @param lost how often a connection was lost since the start
 * @param deaf how often, among these, it was given up because messages were waiting and none came
 */
public record RelayState(boolean consuming, boolean publishing, Optional<String> blocked, long lost, long deaf) {
    public boolean isConnected() {
        return consuming && publishing;
    }
}
