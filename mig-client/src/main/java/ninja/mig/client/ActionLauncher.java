package ninja.mig.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SigningException;

/** From a question to a launched action: count its targets, set its window, sign it, submit it. */
public final class ActionLauncher {
    /** Clocks of agents may be late by this much. */
    public static final Duration BACKDATE = Duration.ofSeconds(60);

    private final MigClient client;
    private final ActionSigner signer;
    private final Clock clock;

    public ActionLauncher(MigClient client, ActionSigner signer, Clock clock) {
        this.client = client;
        this.signer = signer;
        this.clock = clock;
    }

    /** The agents that would get the action if it were launched now. */
    public List<Agent> targets(Action action) throws ApiException {
        return client.agentsByTarget(action.target());
    }

    /**
     * Gives an action its window, signs it and submits it.
     *
     * @param life how long agents may still take it, from now
     * @return the action with its id
     */
    public Action launch(Action action, Duration life) throws ApiException, SigningException, RejectedException {
        return client.launch(sign(action, clock.instant().minus(BACKDATE), life.plus(BACKDATE)));
    }

    /** The action with this window and one signature; those it had do not fit the window, and are dropped. */
    public Action sign(Action action, Instant from, Duration window) throws SigningException, RejectedException {
        // Databases keep microseconds: whole seconds survive every store unchanged.
        Instant start = from.truncatedTo(ChronoUnit.SECONDS);
        return ActionSignatures.sign(
                action.withWindow(start, start.plus(window)).withSyntaxVersion(Action.SYNTAX_VERSION), signer);
    }
}
