package ninja.mig.relay;

/** The relay answered and refused the user, the password, the virtual host or a permission: trying again will not help. */
public final class RelayRefusedException extends RelayException {
    private static final long serialVersionUID = 1L;

    public RelayRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
