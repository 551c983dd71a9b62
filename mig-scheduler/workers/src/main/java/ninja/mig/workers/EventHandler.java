package ninja.mig.workers;

import java.io.IOException;
import ninja.mig.model.RejectedException;

/** What a worker does about an event. */
@FunctionalInterface
interface EventHandler {
    /**
     * Returns when the event may be forgotten.
     *
     * @param event its body; anybody with the right to publish events may have written it
     * @throws RejectedException if it is of no use, now and later
     * @throws IOException if it cannot be dealt with now; it is tried again
     */
    void handle(byte[] event) throws RejectedException, IOException, InterruptedException;
}
