package ninja.mig.scheduler;

import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;

/** The whitelist does not list the agent. */
final class NotAuthorizedException extends RejectedException {
    private static final long serialVersionUID = 1L;

    NotAuthorizedException(QueueLoc queueLoc) {
        super("Agent '" + queueLoc + "' is not authorized");
    }
}
