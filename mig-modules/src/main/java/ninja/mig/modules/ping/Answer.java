package ninja.mig.modules.ping;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.modules.Printable;
import ninja.mig.modules.Reason;

/**
 * How one attempt ended.
 *
 * @param latency in milliseconds; or one of the numbers that results have in its place
 * @param remark what people should know about it, if anything
 */
record Answer(double latency, Optional<String> remark) {
    /** The number for a target that refuses, or that cannot be reached. */
    static final double UNREACHABLE = -1;

    /** The number for no answer in time. */
    static final double TIMEOUT = 9_999_999;

    /** The number for anything else that went wrong. */
    static final double FAILURE = 0;

    private static final double SHORTEST = 0.001;

    /** What systems say of networks and hosts without a way to them, for which Java has no exceptions. */
    private static final Pattern NO_WAY = Pattern.compile("(?i)unreachable|(network|host) is down");

    static Answer unreachable() {
        return new Answer(UNREACHABLE, Optional.empty());
    }

    static Answer timedOut() {
        return new Answer(TIMEOUT, Optional.empty());
    }

    static Answer failed(String reason) {
        return new Answer(FAILURE, Optional.of(reason));
    }

    /**
     * The attempt failed.
     *
     * @param step what was tried, such as {@code connect}
     */
    static Answer failed(String step, IOException reason) {
        String text = Reason.of(reason);
        // The system's own time limit may be shorter than ours, and has the exception of a refusal.
        if (reason instanceof SocketTimeoutException || text.contains("timed out")) {
            return timedOut();
        }
        return reason instanceof ConnectException
                        || reason instanceof PortUnreachableException
                        || reason instanceof NoRouteToHostException
                        || NO_WAY.matcher(text).find()
                ? unreachable()
                : failed(step + ": " + Printable.line(text));
    }

    /** An answer came; in microseconds, and never the 0 that means something else. */
    static Answer after(double millis) {
        return new Answer(Math.max(SHORTEST, Math.round(millis * 1000) / 1000.0), Optional.empty());
    }

    /** An answer came, to an attempt that began then. */
    static Answer since(long nanoTime) {
        return after(millisSince(nanoTime));
    }

    static double millisSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e6;
    }

    Answer with(String note) {
        return new Answer(latency, Optional.of(remark.map(r -> note + "; " + r).orElse(note)));
    }

    static boolean isSuccess(double latency) {
        return latency > 0 && latency < TIMEOUT;
    }
}
