package ninja.mig.agent;

import static ninja.mig.agent.Investigation.probe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.acl.Acl;
import ninja.mig.acl.PermissionDeniedException;
import ninja.mig.model.Action;
import ninja.mig.model.Operation;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.BadSignatureException;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.Signer;
import org.junit.jupiter.api.Test;

class ActionAuthorizationTest {
    private final Investigation it = new Investigation();
    private final ActionAuthorization authorization =
            new ActionAuthorization(it.keyring(), it.parsedAcl(), Duration.ZERO);

    @Test
    void namesTheSignersOfAGoodAction() throws Exception {
        Action action = it.signed(it.draft(probe("x")), it.bob, it.sam);

        assertEquals(
                Set.of(it.bob.fingerprint(), it.sam.fingerprint()),
                fingerprints(authorization.authorize(action, it.now)));
    }

    /** Each check is met only by what passes the ones before it. */
    @Test
    void checksInAFixedOrder() {
        Operation netstat = Investigation.operation("netstat", "{}");
        Instant now = it.now;
        Action action = Action.draft("", "", now.minusSeconds(5), now.minusSeconds(9), List.of())
                .withSyntaxVersion(1);
        assertRefused("Action.Name is empty. Expecting string.", action);

        action = Action.draft("name", "", now.minusSeconds(5), now.minusSeconds(9), List.of())
                .withSyntaxVersion(1);
        assertRefused("Action.Target is empty. Expecting string.", action);

        action = action.withName("a;target=b");
        assertRefused("Action.Target is empty. Expecting string.", action);

        action = action.withTarget("a;validfrom=1");
        assertRefused("Action.Name must not contain ';target='.", action);

        action = action.withName("name");
        assertRefused("Action.Target must not contain ';validfrom='.", action);

        action = action.withTarget(Investigation.WHOEVER);
        assertRefused("Wrong Syntax Version integer. Expection version 2", action);

        action = action.withSyntaxVersion(2);
        assertRefused("Action.ExpireAfter is set before Action.ValidFrom.", action);

        action = action.withWindow(now.minusSeconds(9), now.minusSeconds(5));
        assertRefused("Action.ExpireAfter is passed. Action has expired.", action);

        action = action.withWindow(now.minusSeconds(9), now.minusSeconds(1).plusMillis(999));
        assertRefused("Action.ExpireAfter is passed. Action has expired.", action, now.minusMillis(500));

        action = action.withWindow(now.plusSeconds(1), now.plusSeconds(600));
        assertRefused("Action.Operations is nil. Expecting string.", action);

        action =
                Action.draft("name", Investigation.WHOEVER, now.plusSeconds(1), now.plusSeconds(600), List.of(netstat));
        assertRefused("Action.PGPSignatures is empty. Expecting array of strings.", action);

        action = action.withSignatures(List.of("nonsense"));
        assertRefused("Action.ValidFrom is in the future. Action is not valid yet.", action);

        Action unsigned = action.withWindow(now, now.plusSeconds(600));
        Action twice = it.signed(unsigned, it.bob, it.bob);
        List<String> signatures = new ArrayList<>(twice.pgpSignatures());
        signatures.add("nonsense");
        assertEquals(BadSignatureException.Kind.MALFORMED, badSignature(twice.withSignatures(signatures)));

        assertEquals(BadSignatureException.Kind.SIGNED_TWICE, badSignature(twice));

        Action light = it.signed(unsigned, it.bob);
        assertThrows(PermissionDeniedException.class, () -> authorization.authorize(light, now));
    }

    @Test
    void refusesAForgedSignature() {
        Action forged = it.forged(it.draft(probe("x")), it.bob);

        String message = assertThrows(BadSignatureException.class, () -> authorization.authorize(forged, it.now))
                .getMessage();
        assertTrue(message.contains("signature"), message);
    }

    @Test
    void refusesAnUnknownSigner() {
        Action action = it.signed(it.draft(probe("x")), it.bob, it.stranger);

        String message = assertThrows(BadSignatureException.class, () -> authorization.authorize(action, it.now))
                .getMessage();
        assertTrue(message.contains("unknown key"), message);
    }

    @Test
    void refusesAKeyThatSignedTwice() {
        Action action = it.signed(it.draft(Investigation.operation("netstat", "{}")), it.bob, it.bob);

        String message = assertThrows(BadSignatureException.class, () -> authorization.authorize(action, it.now))
                .getMessage();
        assertTrue(message.contains("used to sign several times"), message);
    }

    @Test
    void weighsTheSignersOfEveryOperation() throws Exception {
        Operation netstat = Investigation.operation("netstat", "{}");
        Action byOne = it.signed(it.draft(probe("x"), netstat), it.bob);
        Action byBoth = it.signed(it.draft(probe("x"), netstat), it.bob, it.sam);

        String message = assertThrows(PermissionDeniedException.class, () -> authorization.authorize(byOne, it.now))
                .getMessage();
        assertTrue(message.contains("operation 1, module 'netstat'"), message);
        assertEquals(2, authorization.authorize(byBoth, it.now).size());
    }

    @Test
    void refusesWhatNoPermissionCovers() throws Exception {
        ActionAuthorization nothing = new ActionAuthorization(it.keyring(), Acl.parse(List.of()), Duration.ZERO);
        Action action = it.signed(it.draft(probe("x")), it.bob);

        assertThrows(PermissionDeniedException.class, () -> nothing.authorize(action, it.now));
    }

    @Test
    void refusesEverythingWithoutKeys() throws Exception {
        ActionAuthorization nobody = new ActionAuthorization(Keyring.of(List.of()), it.parsedAcl(), Duration.ZERO);
        Action action = it.signed(it.draft(probe("x")), it.bob);

        assertEquals(
                "no public key is built into this agent: it refuses every action",
                assertThrows(RejectedException.class, () -> nobody.authorize(action, it.now))
                        .getMessage());
    }

    @Test
    void hasNoPatienceForALateActionAndAsMuchAsConfiguredForAnEarlyOne() throws Exception {
        Action action = it.signed(it.draft(probe("x")), it.bob);
        ActionAuthorization patient = new ActionAuthorization(it.keyring(), it.parsedAcl(), Duration.ofSeconds(30));
        Instant early = action.validFrom().minusSeconds(30);

        authorization.authorize(action, action.expireAfter());
        assertRefusedAt(authorization, action, action.expireAfter().plusNanos(1), "expired");
        assertRefusedAt(patient, action, action.expireAfter().plusNanos(1), "expired");
        authorization.authorize(action, action.validFrom());
        assertRefusedAt(authorization, action, early, "not valid yet");
        patient.authorize(action, early);
        assertRefusedAt(patient, action, early.minusNanos(1), "not valid yet");
    }

    /** Signatures cover whole seconds, so anybody may add a fraction. */
    @Test
    void endsAtTheSecondThatWasSigned() throws Exception {
        Action signed = it.signed(it.draft(probe("x")), it.bob);
        Action stretched = signed.withWindow(
                        signed.validFrom(), signed.expireAfter().plusNanos(999_999_999))
                .withSignatures(signed.pgpSignatures());

        authorization.authorize(stretched, signed.expireAfter());
        assertRefusedAt(authorization, stretched, signed.expireAfter().plusNanos(1), "expired");
    }

    @Test
    void refusesTooManySignaturesAndOperations() {
        Action signatures = it.draft(probe("x")).withSignatures(Collections.nCopies(17, "x"));
        Action operations = it.draft(Collections.nCopies(129, probe("x")).toArray(Operation[]::new));

        assertRefused("Action.PGPSignatures has more than 16 entries.", signatures);
        assertRefused("Action.Operations has more than 128 entries.", operations);
    }

    @Test
    void refusesModuleNamesThatTheAclCouldMisread() {
        assertRefused("'default' is not a module name.", it.draft(Investigation.operation("default", "{}")));
        assertRefused("'File' is not a module name.", it.draft(Investigation.operation("File", "{}")));
    }

    private BadSignatureException.Kind badSignature(Action action) {
        return assertThrows(BadSignatureException.class, () -> authorization.authorize(action, it.now))
                .kind();
    }

    private void assertRefused(String message, Action action) {
        assertRefused(message, action, it.now);
    }

    private void assertRefused(String message, Action action, Instant now) {
        assertEquals(
                message,
                assertThrows(RejectedException.class, () -> authorization.authorize(action, now))
                        .getMessage());
    }

    private static void assertRefusedAt(ActionAuthorization by, Action action, Instant now, String word) {
        String message = assertThrows(RejectedException.class, () -> by.authorize(action, now))
                .getMessage();
        assertTrue(message.contains(word), message);
    }

    private static Set<Fingerprint> fingerprints(Set<Signer> signers) {
        return signers.stream().map(Signer::fingerprint).collect(Collectors.toSet());
    }
}
