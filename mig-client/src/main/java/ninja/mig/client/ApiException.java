package ninja.mig.client;

/** The API could not be reached, or refused a request. */
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param status the HTTP status, 0 if there was no answer */
    ApiException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    ApiException(int status, String message) {
        this(status, message, null);
    }

    /** An answer that is not what it should be. */
    public static ApiException unreadable(String what, Exception cause) {
        return new ApiException(200, "cannot read '" + what + "': " + cause.getMessage(), cause);
    }

    /** The HTTP status; 0 if there was no answer. */
    public int status() {
        return status;
    }
}
