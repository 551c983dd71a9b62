package ninja.mig.relay;

import java.io.IOException;

/** The relay is away, or did not do what it was asked for. */
public class RelayException extends IOException {
    private static final long serialVersionUID = 1L;

    public RelayException(String message) {
        super(message);
    }

    public RelayException(String message, Throwable cause) {
        super(message, cause);
    }
}
