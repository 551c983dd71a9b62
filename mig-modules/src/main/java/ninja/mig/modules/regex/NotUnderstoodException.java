package ninja.mig.modules.regex;

/** RE2/J accepts an expression of which this package does not know the meaning: RE2/J alone must search for it. */
final class NotUnderstoodException extends Exception {
    private static final long serialVersionUID = 1L;

    NotUnderstoodException(String what) {
        super(what, null, false, false);
    }
}
