package ninja.mig.relay;

/** A message was on its way when the connection ended, or the time for its confirmation; nobody knows whether the relay has it. */
public final class LostOnTheWayException extends RelayException {
    private static final long serialVersionUID = 1L;

    private final boolean refused;

    /** @param refused whether the relay ended the connection and said that what it was sent was the reason */
    public LostOnTheWayException(String message, boolean refused) {
        super(message);
        this.refused = refused;
    }

    LostOnTheWayException(String message, boolean refused, Throwable cause) {
        super(message, cause);
        this.refused = refused;
    }

    /** Whether the relay would refuse the message again. */
    public boolean isRefused() {
        return refused;
    }
}
