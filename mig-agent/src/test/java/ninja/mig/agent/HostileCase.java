package ninja.mig.agent;

/**
 * One way to make an agent do what it must not.
 *
 * @param group the part of the message that is attacked
 * @param reply words of the answer; empty if there is nobody to answer
 * @param log words of a line of the agent's log
 */
record HostileCase(String group, String name, String reply, String log, Attempt attempt) {
    /** Makes the message. */
    interface Attempt {
        HostileServer.Shot by(HostileServer server) throws Exception;
    }

    boolean isAnswered() {
        return !reply.isEmpty();
    }

    @Override
    public String toString() {
        return group + ": " + name;
    }
}
