package ninja.mig.database;

import ninja.mig.model.RejectedException;

/** What was to be inserted is there already. */
public final class AlreadyExistsException extends RejectedException {
    private static final long serialVersionUID = 1L;

    AlreadyExistsException(String message, Throwable cause) {
        super(message, cause);
    }
}
