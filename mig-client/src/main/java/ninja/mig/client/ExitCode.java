package ninja.mig.client;

/** What the investigators' programs tell the shell. */
public final class ExitCode {
    public static final int SUCCESS = 0;
    public static final int USAGE = 1;

    /** A module, or the input for it, cannot be used. */
    public static final int UNUSABLE = 2;

    /** The configuration or the signing key cannot be used. */
    public static final int CONFIGURATION = 3;

    /** The API cannot be reached, or refuses. */
    public static final int API = 4;

    /** The action has expired or is invalid. */
    public static final int ACTION = 5;

    /** The 128 + 2 of every shell. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
