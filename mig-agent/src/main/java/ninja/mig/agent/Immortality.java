package ninja.mig.agent;

import java.io.IOException;
import ninja.mig.agent.service.Detached;
import ninja.mig.agent.service.Respawns;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an agent in which something is broken: its process ends, since nobody knows what still works in it, and a
 * service manager starts another; without one the process does that itself, unless it happens too often.
 */
final class Immortality implements Thread.UncaughtExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(Immortality.class);

    private final boolean respawn;
    private final Respawns respawns;
    private final Detached another;
    private final Runnable halt;

    /**
     * @param respawn whether this process starts another one in its place
     * @param halt ends the process at once
     */
    Immortality(boolean respawn, Respawns respawns, Detached another, Runnable halt) {
        this.respawn = respawn;
        this.respawns = respawns;
        this.another = another;
        this.halt = halt;
    }

    /** A thread died that nobody else looks after. */
    @Override
    public void uncaughtException(Thread thread, Throwable e) {
        try {
            log.error("internal error in thread {}, this agent ends", thread.getName(), e);
            resurrect();
        } finally {
            halt.run();
        }
    }

    /** Starts another agent, if this is for this process to do. */
    void resurrect() {
        if (!respawn) {
            return;
        }
        try {
            if (respawns.take()) {
                log.error("another agent is started in its place: process {}", another.start());
            } else {
                log.error("no other agent is started in its place: five were within 300 s");
            }
        } catch (IOException e) {
            log.error("no other agent can be started in its place: {}", e.getMessage(), e);
        }
    }
}
