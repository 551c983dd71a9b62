package ninja.mig.pgp;

import ninja.mig.model.RejectedException;

/** A token that does not open the API. The message is for the log; {@link #publicReason} is for the client. */
public final class BadTokenException extends RejectedException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, and what the client is told of it: no more than it knows already. */
    public enum Kind {
        FORMAT("invalid token format"),
        VERSION("invalid token version, must be 1"),
        CLOCK("token timestamp is not within acceptable time limits"),
        SIGNATURE("token verification failed"),
        USED("token was used before, this request needs a new one");

        private final String publicReason;

        Kind(String publicReason) {
            this.publicReason = publicReason;
        }
    }

    private final Kind kind;

    public BadTokenException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public BadTokenException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public String publicReason() {
        return kind.publicReason;
    }
}
