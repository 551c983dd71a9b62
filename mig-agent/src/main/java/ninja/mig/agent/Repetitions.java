package ninja.mig.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.MigId;

/**
 * Notices that a signed action comes again under another id. Nothing that is signed names command or agent, so whoever has
 * the relay can do that until the action expires; an operator should hear of it. Only the last actions of this process are
 * known: what must not run twice is the business of {@link ReplayGuard}.
 */
final class Repetitions {
    private static final int MOST = 1000;

    private final Map<String, MigId> commands = new LinkedHashMap<>();

    /**
     * Remembers that an action is about to run.
     *
     * @param digest of what was signed
     * @return the first command that ran it
     */
    synchronized Optional<MigId> earlier(String digest, MigId command) {
        Optional<MigId> first = Optional.ofNullable(commands.putIfAbsent(digest, command));
        if (commands.size() > MOST) {
            commands.remove(commands.keySet().iterator().next());
        }
        return first;
    }
}
