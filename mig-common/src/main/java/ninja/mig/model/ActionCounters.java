package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;

/** How the commands of an action stand. {@code done} is the sum of the final states, {@code sent} is done + inflight. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ActionCounters(
        int sent, int done, int inflight, int success, int cancelled, int expired, int failed, int timeout) {

    public static final ActionCounters NONE = new ActionCounters(0, 0, 0, 0, 0, 0, 0, 0);

    /** Counters that add up, from the number of commands in each state. */
    public static ActionCounters of(int inflight, int success, int cancelled, int expired, int failed, int timeout) {
        int done = success + cancelled + expired + failed + timeout;
        return new ActionCounters(done + inflight, done, inflight, success, cancelled, expired, failed, timeout);
    }
}
