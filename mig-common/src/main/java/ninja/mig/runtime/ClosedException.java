package ninja.mig.runtime;

/** Something was added to what is closed already, and was not taken. */
public final class ClosedException extends Exception {
    private static final long serialVersionUID = 1L;

    public ClosedException(String message) {
        super(message);
    }
}
