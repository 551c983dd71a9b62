package ninja.mig.pgp;

import ninja.mig.model.RejectedException;

/** A signature that names no signer: malformed, weak, by an unknown or unusable key, or over other bytes. */
public final class BadSignatureException extends RejectedException {
    private static final long serialVersionUID = 1L;

    /** What kind of refusal, for programs; the message is for people. */
    public enum Kind {
        /** Not one acceptable signature packet. */
        MALFORMED,
        /** No key of the keyring made it. */
        UNKNOWN_SIGNER,
        /** The key must not be used: revoked, expired, weak, not for signing. */
        UNUSABLE_KEY,
        /** It does not fit the bytes. */
        WRONG,
        /** The same key signed twice. */
        SIGNED_TWICE
    }

    private final Kind kind;

    public BadSignatureException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public BadSignatureException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public boolean isUnknownSigner() {
        return kind == Kind.UNKNOWN_SIGNER;
    }
}
