package ninja.mig.relay;

/** The consuming of one queue. */
public interface Consumption {
    /** Stops taking messages, for back pressure; those that were delivered can be acknowledged still. */
    void pause();

    /** Takes messages again. */
    void resume();
}
