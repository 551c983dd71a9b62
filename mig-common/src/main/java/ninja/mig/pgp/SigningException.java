package ninja.mig.pgp;

/** Nothing was signed: no usable key, a wrong passphrase, a card that is not there. */
public final class SigningException extends Exception {
    private static final long serialVersionUID = 1L;

    public SigningException(String message) {
        super(message);
    }

    public SigningException(String message, Throwable cause) {
        super(message, cause);
    }
}
