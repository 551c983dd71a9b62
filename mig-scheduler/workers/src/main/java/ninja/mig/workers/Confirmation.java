package ninja.mig.workers;

import java.io.IOException;

/** Whoever may say yes. */
@FunctionalInterface
interface Confirmation {
    /** @throws IOException if nobody is there to answer any more */
    boolean confirms(String question) throws IOException, InterruptedException;
}
