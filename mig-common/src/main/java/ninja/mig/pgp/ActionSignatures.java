package ninja.mig.pgp;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ninja.mig.model.Action;
import ninja.mig.model.CanonicalForm;
import ninja.mig.model.InvalidActionException;
import ninja.mig.pgp.BadSignatureException.Kind;

/** The signatures of an action, over the text that {@link CanonicalForm} makes of it. */
public final class ActionSignatures {
    private ActionSignatures() {}

    /**
     * Names everybody who signed an action, once every signature has been verified. Nobody is named twice, so nobody is
     * weighed twice.
     *
     * @throws BadSignatureException if there is no signature, one does not verify, or one key signed twice
     */
    public static Set<Signer> verify(Action action, Keyring keyring, Instant now) throws BadSignatureException {
        if (action.pgpSignatures().isEmpty()) {
            throw new BadSignatureException(Kind.MALFORMED, "the action has no signature");
        }
        if (action.pgpSignatures().size() > Action.MAX_SIGNATURES) {
            throw new BadSignatureException(Kind.MALFORMED, "the action has too many signatures");
        }
        List<byte[]> texts = texts(action);
        List<Signer> verified = new ArrayList<>();
        for (String stored : action.pgpSignatures()) {
            verified.add(signer(stored, texts, keyring, now));
        }
        Map<Fingerprint, Signer> signers = new LinkedHashMap<>();
        for (Signer signer : verified) {
            if (signers.putIfAbsent(signer.fingerprint(), signer) != null) {
                throw new BadSignatureException(
                        Kind.SIGNED_TWICE, "key " + signer.fingerprint() + " is used to sign several times");
            }
        }
        return new LinkedHashSet<>(signers.values());
    }

    /**
     * Names who made one signature of an action, as {@link #verify} does for all of them: for who has to explain which one
     * is refused.
     *
     * @param stored one of {@link Action#pgpSignatures}
     * @throws BadSignatureException if it does not verify
     */
    public static Signer signer(Action action, String stored, Keyring keyring, Instant now)
            throws BadSignatureException {
        return signer(stored, texts(action), keyring, now);
    }

    private static Signer signer(String stored, List<byte[]> texts, Keyring keyring, Instant now)
            throws BadSignatureException {
        return keyring.verify(texts, DetachedSignature.parse(stored), now);
    }

    /** What a signature of this action may cover. */
    public static List<byte[]> texts(Action action) {
        return CanonicalForm.allOf(action).stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /**
     * Adds one signature to those that the action has.
     *
     * @throws InvalidActionException if nobody would accept the action as it is
     */
    public static Action sign(Action action, ActionSigner signer) throws SigningException, InvalidActionException {
        action.withSyntaxVersion(Action.SYNTAX_VERSION).checkSignable();
        List<String> signatures = new ArrayList<>(action.pgpSignatures());
        signatures.add(signer.sign(action.canonical(CanonicalForm.C19)).toStored());
        return action.withSignatures(signatures);
    }
}
