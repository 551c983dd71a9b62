package ninja.mig.model;

/** Input was refused. The message names the thing, the value and the rule, and is fit to be sent back to its author. */
public class RejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RejectedException(String message) {
        super(message);
    }

    public RejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
