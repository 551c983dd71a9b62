package ninja.mig.pgp;

/** A key that can sign, wherever its secret part is: a file, GnuPG, a card. */
public interface ActionSigner {
    /** The primary key's. */
    Fingerprint fingerprint();

    /** The armored public key. */
    String publicKey();

    /**
     * Signs these bytes. The signature has been verified with the public key before it is returned.
     *
     * @throws SigningException if there is no signature, or none that a verifier would accept
     */
    DetachedSignature sign(byte[] data) throws SigningException;
}
