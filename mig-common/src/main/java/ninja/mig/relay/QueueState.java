package ninja.mig.relay;

/** What a queue holds and how many take from it, at the moment. */
public record QueueState(int messages, int consumers) {
    boolean isIdle() {
        return messages == 0 && consumers == 0;
    }
}
