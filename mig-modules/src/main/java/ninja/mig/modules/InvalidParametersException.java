package ninja.mig.modules;

import ninja.mig.model.RejectedException;

/** Parameters that a module refuses. The message goes back to who sent them; a long one, which repeats them, is cut. */
public final class InvalidParametersException extends RejectedException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 1000;

    public InvalidParametersException(String message) {
        super(cut(message));
    }

    public InvalidParametersException(String message, Throwable cause) {
        super(cut(message), cause);
    }

    private static String cut(String message) {
        return message.length() <= LONGEST
                ? message
                : message.substring(0, LONGEST / 2) + " ... " + message.substring(message.length() - LONGEST / 2);
    }
}
