package ninja.mig.json;

import com.fasterxml.jackson.core.io.JsonEOFException;
import ninja.mig.model.RejectedException;

/** Bytes that are not a document of the expected kind; the message says where and why. */
public final class MalformedJsonException extends RejectedException {
    private static final long serialVersionUID = 1L;

    public MalformedJsonException(String message) {
        super(message);
    }

    public MalformedJsonException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether the document would go on where the bytes end. */
    public boolean endsTooSoon() {
        return getCause() instanceof JsonEOFException;
    }
}
