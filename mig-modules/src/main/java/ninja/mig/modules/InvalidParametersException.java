package ninja.mig.modules;

import ninja.mig.model.RejectedException;

/** Parameters that a module refuses. */
public final class InvalidParametersException extends RejectedException {
    private static final long serialVersionUID = 1L;

    public InvalidParametersException(String message) {
        super(message);
    }

    public InvalidParametersException(String message, Throwable cause) {
        super(message, cause);
    }
}
