package ninja.mig.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies an endpoint and names its queue: {@code <os>.<hostname>.<uid>}. The uid is a secret that the agent draws on
 * first start; it stays out of logs where the line does not need it.
 */
public record QueueLoc(String os, String hostname, String uid) {
    /** Routing keys end at 255 bytes, of which {@code mig.agt.} takes eight. */
    public static final int MAX_LENGTH = 247;

    private static final Pattern FORM = Pattern.compile("(linux|windows|darwin)\\.([A-Za-z0-9_.-]+)\\.([a-z0-9]+)");

    /** @throws RejectedException if the text has another form or is too long */
    public static QueueLoc parse(String text) throws RejectedException {
        Matcher m = FORM.matcher(text);
        if (text.length() > MAX_LENGTH || !m.matches()) {
            throw new RejectedException(
                    "queueloc is not <os>.<hostname>.<uid> in at most " + MAX_LENGTH + " characters");
        }
        return new QueueLoc(m.group(1), m.group(2), m.group(3));
    }

    /** Name and routing key of the agent's queue. */
    public String queue() {
        return "mig.agt." + this;
    }

    @Override
    public String toString() {
        return os + "." + hostname + "." + uid;
    }
}
