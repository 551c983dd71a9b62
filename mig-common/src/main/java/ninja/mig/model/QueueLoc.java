package ninja.mig.model;

import java.util.Set;

/**
 * Identifies an endpoint and names its queue: {@code <os>.<hostname>.<uid>}. The uid is a secret that the agent draws on
 * first start; it stays out of logs where the line does not need it.
 */
public record QueueLoc(String os, String hostname, String uid) {
    /** Routing keys end at 255 bytes, of which {@code mig.agt.} takes eight. */
    public static final int MAX_LENGTH = 247;

    private static final Set<String> SYSTEMS = Set.of("linux", "windows", "darwin");

    /** @throws RejectedException if the text has another form or is too long */
    public static QueueLoc parse(String text) throws RejectedException {
        int afterOs = text.indexOf('.');
        int beforeUid = text.lastIndexOf('.');
        if (text.length() > MAX_LENGTH || beforeUid <= afterOs + 1 || beforeUid == text.length() - 1) {
            throw malformed();
        }
        QueueLoc queueLoc = new QueueLoc(
                text.substring(0, afterOs), text.substring(afterOs + 1, beforeUid), text.substring(beforeUid + 1));
        if (!SYSTEMS.contains(queueLoc.os)
                || !queueLoc.hostname.chars().allMatch(QueueLoc::isOfHostname)
                || !queueLoc.uid.chars().allMatch(QueueLoc::isOfUid)) {
            throw malformed();
        }
        return queueLoc;
    }

    private static boolean isOfUid(int c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }

    private static boolean isOfHostname(int c) {
        return isOfUid(c) || c >= 'A' && c <= 'Z' || c == '_' || c == '.' || c == '-';
    }

    private static RejectedException malformed() {
        return new RejectedException("queueloc is not <os>.<hostname>.<uid> in at most " + MAX_LENGTH + " characters");
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
