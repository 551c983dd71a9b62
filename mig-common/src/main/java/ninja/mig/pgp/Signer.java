package ninja.mig.pgp;

import java.time.Instant;

/**
 * Who made a signature.
 *
 * @param fingerprint of the primary key: the identity that ACLs and investigators are named by
 * @param signingKey the key that signed: the primary key or one of its subkeys
 * @param userId of the primary key; text from elsewhere
 * @param signedAt as the signature says
 */
public record Signer(Fingerprint fingerprint, Fingerprint signingKey, String userId, Instant signedAt) {}
