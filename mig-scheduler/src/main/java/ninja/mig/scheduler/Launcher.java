package ninja.mig.scheduler;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import ninja.mig.database.Claims;
import ninja.mig.model.Action;

/**
 * Claims pending actions, one after the other, and makes commands of each. Several launchers work side by side, so that an
 * action whose target takes long does not hold up the others. For one thread.
 */
final class Launcher {
    private final Claims claims;
    private final NewActions newActions;
    private final Clock clock;

    Launcher(Claims claims, NewActions newActions, Clock clock) {
        this.claims = claims;
        this.newActions = newActions;
        this.clock = clock;
    }

    /** Until there is none left whose time has come. */
    void run() throws SQLException, IOException {
        boolean launched;
        do {
            launched = launch();
        } while (launched);
    }

    /** @return whether there was one */
    private boolean launch() throws SQLException, IOException {
        newActions.requireSpool();
        try (Claims.Claim claim = claims.take(clock.instant(), 1)) {
            for (Action action : claim.actions()) {
                newActions.process(action);
            }
            return !claim.actions().isEmpty();
        }
    }
}
