package ninja.mig.model;

/** An action breaks one of the rules that every program checks: {@link Action#validate(java.time.Instant)}. */
public final class InvalidActionException extends RejectedException {
    private static final long serialVersionUID = 1L;

    public InvalidActionException(String message) {
        super(message);
    }
}
