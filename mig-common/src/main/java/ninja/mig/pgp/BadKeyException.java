package ninja.mig.pgp;

import ninja.mig.model.RejectedException;

/** A key that cannot be read, or that must not be used. */
public final class BadKeyException extends RejectedException {
    private static final long serialVersionUID = 1L;

    public BadKeyException(String message) {
        super(message);
    }

    public BadKeyException(String message, Throwable cause) {
        super(message, cause);
    }
}
