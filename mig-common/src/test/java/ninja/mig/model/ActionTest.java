package ninja.mig.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActionTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Action GOOD = Action.draft(
                    "name", "name like '%'", NOW, NOW.plusSeconds(60), List.of(new Operation("file", null)))
            .withSignatures(List.of("signature"));

    private static void assertRefused(Action action, String expected) {
        InvalidActionException e = assertThrows(InvalidActionException.class, () -> action.validate(NOW));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private static Action named(String name, String target) {
        return Action.draft(name, target, NOW, NOW.plusSeconds(60), GOOD.operations())
                .withSignatures(GOOD.pgpSignatures());
    }

    private static Action running(List<Operation> operations) {
        return Action.draft("n", "t", NOW, NOW.plusSeconds(60), operations).withSignatures(GOOD.pgpSignatures());
    }

    @Test
    void acceptsAGoodAction() {
        assertDoesNotThrow(() -> GOOD.validate(NOW));
        assertDoesNotThrow(() -> GOOD.validate(NOW.plusSeconds(60)));
    }

    @Test
    void refusesEmptyNamesAndTargets() {
        assertRefused(named("", "t"), "Action.Name is empty. Expecting string.");
        assertRefused(named("n", ""), "Action.Target is empty. Expecting string.");
    }

    @Test
    void refusesTextsThatMoveTheBoundariesOfTheSignedText() {
        assertRefused(named("a;target=b", "t"), "Action.Name must not contain ';target='");
        assertRefused(named("a", "t;validfrom=1"), "Action.Target must not contain ';validfrom='");
        assertRefused(named("a;expireafter=", "t"), "';expireafter='");
        assertRefused(named("a", ";operations="), "';operations='");
    }

    @Test
    void refusesLongTextsAndControlCharacters() {
        assertRefused(named("n".repeat(2049), "t"), "longer than 2048");
        assertRefused(named("n\u0000", "t"), "control characters");
        assertRefused(named("n", "t\u001b[2J"), "control characters");
        assertDoesNotThrow(() -> named("n\tm", "a\nb").validate(NOW));
    }

    @Test
    void refusesOtherLayouts() {
        assertRefused(GOOD.withSyntaxVersion(1), "Wrong Syntax Version");
    }

    @Test
    void refusesDatesThatAreMissingReversedOrPassed() {
        List<String> signatures = GOOD.pgpSignatures();
        assertRefused(GOOD.withWindow(Times.UNSET, NOW).withSignatures(signatures), "ValidFrom is missing");
        assertRefused(GOOD.withWindow(NOW, Times.UNSET).withSignatures(signatures), "ExpireAfter is missing");
        assertRefused(
                GOOD.withWindow(NOW, NOW.minusSeconds(1)).withSignatures(signatures), "is set before Action.ValidFrom");
        assertRefused(
                GOOD.withWindow(NOW.minusSeconds(60), NOW.minusSeconds(1)).withSignatures(signatures),
                "Action has expired");
    }

    /** Signatures cover whole seconds, so anybody may add a fraction. */
    @Test
    void endsAtTheSecondThatWasSigned() {
        Action stretched =
                GOOD.withWindow(NOW, NOW.plusSeconds(60).plusNanos(999_999_999)).withSignatures(GOOD.pgpSignatures());

        assertEquals(NOW.plusSeconds(60), stretched.signedEnd());
        assertDoesNotThrow(() -> stretched.validate(NOW.plusSeconds(60)));
        assertThrows(
                InvalidActionException.class,
                () -> stretched.validate(NOW.plusSeconds(60).plusNanos(1)));
    }

    @Test
    void looksForEmptyTextsBeforeTheirCharacters() {
        assertRefused(named("a;target=b", ""), "Action.Target is empty");
    }

    @Test
    void knowsWhetherItsTimeHasCome() {
        assertDoesNotThrow(() -> GOOD.checkStarted(NOW));
        assertThrows(InvalidActionException.class, () -> GOOD.checkStarted(NOW.minusSeconds(1)));
    }

    @Test
    void refusesOperationsThatCannotRun() {
        assertRefused(running(List.of()), "Action.Operations is nil");
        assertRefused(running(Collections.nCopies(129, new Operation("file", null))), "more than 128");
        assertRefused(running(List.of(new Operation("", null))), "no module");
        assertRefused(running(List.of(new Operation("default", null))), "not a module name");
        assertRefused(running(List.of(new Operation("FILE", null))), "not a module name");
        assertRefused(running(List.of(new Operation("file", null, true, false))), "Compressed parameters");
    }

    @Test
    void refusesTooFewAndTooManySignatures() {
        assertRefused(GOOD.withSignatures(List.of()), "Action.PGPSignatures is empty");
        assertRefused(GOOD.withSignatures(Collections.nCopies(17, "s")), "more than 16");
    }
}
