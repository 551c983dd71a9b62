package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What investigators ask of the agents that {@code target} selects. Their signatures cover name, target, the seconds of
 * both dates and the operations, as {@link CanonicalForm} writes them, and nothing else.
 *
 * @param target an SQL condition over the table of agents
 * @param operations what to run, in this order; result <i>i</i> of a command belongs to operation <i>i</i>
 * @param pgpSignatures detached signatures in their one-line form
 * @param investigators the signers; filled in by the API, never read from a submitted action
 * @param startTime when a scheduler began with it; {@link Times#NOT_STARTED} before
 * @param counters how its commands stand; computed, never stored
 * @param syntaxVersion always 2
 */
public record Action(
        MigId id,
        String name,
        String target,
        ActionDescription description,
        Threat threat,
        @JsonProperty("validfrom") Instant validFrom,
        @JsonProperty("expireafter") Instant expireAfter,
        List<Operation> operations,
        @JsonProperty("pgpsignatures") List<String> pgpSignatures,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Investigator> investigators,
        @JsonInclude(JsonInclude.Include.NON_NULL) ActionStatus status,
        @JsonProperty("starttime") Instant startTime,
        @JsonProperty("finishtime") Instant finishTime,
        @JsonProperty("lastupdatetime") Instant lastUpdateTime,
        ActionCounters counters,

        @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("syntaxversion")
        int syntaxVersion) {

    /** The one layout of actions that is understood. */
    public static final int SYNTAX_VERSION = 2;

    /** Longest name and longest target, in characters; limits of the database. */
    public static final int MAX_TEXT = 2048;

    public static final int MAX_OPERATIONS = 128;
    public static final int MAX_SIGNATURES = 16;

    private static final List<String> DELIMITERS = List.of(";target=", ";validfrom=", ";expireafter=", ";operations=");

    /** No action: a document that was never filled in. */
    public static final Action NONE =
            new Action(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, 0);

    public Action {
        id = Objects.requireNonNullElse(id, MigId.NONE);
        name = Objects.requireNonNullElse(name, "");
        target = Objects.requireNonNullElse(target, "");
        description = Objects.requireNonNullElse(description, ActionDescription.NONE);
        threat = Objects.requireNonNullElse(threat, Threat.NONE);
        validFrom = Objects.requireNonNullElse(validFrom, Times.UNSET);
        expireAfter = Objects.requireNonNullElse(expireAfter, Times.UNSET);
        operations = filled(operations, Operation.NONE);
        pgpSignatures = filled(pgpSignatures, "");
        investigators = investigators == null ? List.of() : List.copyOf(investigators);
        startTime = Objects.requireNonNullElse(startTime, Times.UNSET);
        finishTime = Objects.requireNonNullElse(finishTime, Times.UNSET);
        lastUpdateTime = Objects.requireNonNullElse(lastUpdateTime, Times.UNSET);
        counters = Objects.requireNonNullElse(counters, ActionCounters.NONE);
    }

    /** A list from JSON may be null, and so may its entries; what those stand for is refused later, with a reason. */
    private static <T> List<T> filled(List<T> list, T none) {
        if (list == null) {
            return List.of();
        }
        return list.stream().noneMatch(Objects::isNull)
                ? List.copyOf(list)
                : list.stream().map(e -> Objects.requireNonNullElse(e, none)).toList();
    }

    /** An action as its author writes it: no id, no signature, no status. */
    public static Action draft(
            String name, String target, Instant validFrom, Instant expireAfter, List<Operation> operations) {
        return new Action(
                MigId.NONE,
                name,
                target,
                ActionDescription.NONE,
                Threat.NONE,
                validFrom,
                expireAfter,
                operations,
                List.of(),
                List.of(),
                null,
                Times.UNSET,
                Times.UNSET,
                Times.UNSET,
                ActionCounters.NONE,
                SYNTAX_VERSION);
    }

    /** The text that investigators sign, in the given form, in UTF-8. */
    public byte[] canonical(CanonicalForm form) {
        return form.of(this).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Checks what every program checks before it accepts, stores, sends or runs an action. Signatures are checked elsewhere.
     *
     * @param now the verifier's time; an action may start later than now, see {@link #checkStarted}
     * @throws InvalidActionException names the first rule that is broken
     */
    public void validate(Instant now) throws InvalidActionException {
        checkTextsAndDates();
        check(!now.isAfter(signedEnd()), "Action.ExpireAfter is passed. Action has expired.");
        checkOperations();
        check(!pgpSignatures.isEmpty(), "Action.PGPSignatures is empty. Expecting array of strings.");
        check(
                pgpSignatures.size() <= MAX_SIGNATURES,
                "Action.PGPSignatures has more than " + MAX_SIGNATURES + " entries.");
    }

    /**
     * Checks everything that does not change between signing and running: what nobody would accept is not worth a
     * signature.
     *
     * @throws InvalidActionException names the first rule that is broken
     */
    public void checkSignable() throws InvalidActionException {
        checkTextsAndDates();
        checkOperations();
    }

    private void checkTextsAndDates() throws InvalidActionException {
        checkLength("Name", name);
        checkLength("Target", target);
        checkCharacters("Name", name);
        checkCharacters("Target", target);
        check(syntaxVersion == SYNTAX_VERSION, "Wrong Syntax Version integer. Expection version 2");
        check(!validFrom.equals(Times.UNSET), "Action.ValidFrom is missing. Expecting a time.");
        check(!expireAfter.equals(Times.UNSET), "Action.ExpireAfter is missing. Expecting a time.");
        check(!expireAfter.isBefore(validFrom), "Action.ExpireAfter is set before Action.ValidFrom.");
    }

    private void checkOperations() throws InvalidActionException {
        check(!operations.isEmpty(), "Action.Operations is nil. Expecting string.");
        check(operations.size() <= MAX_OPERATIONS, "Action.Operations has more than " + MAX_OPERATIONS + " entries.");
        for (Operation operation : operations) {
            operation.validate();
        }
    }

    /** When it ends: signatures cover whole seconds, and a fraction could have been added by anybody. */
    public Instant signedEnd() {
        return expireAfter.truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * Refuses an action whose time has not come; only who runs it asks.
     *
     * @throws InvalidActionException if it is not valid yet
     */
    public void checkStarted(Instant now) throws InvalidActionException {
        check(!now.isBefore(validFrom), "Action.ValidFrom is in the future. Action is not valid yet.");
    }

    private static void checkLength(String member, String text) throws InvalidActionException {
        check(!text.isEmpty(), "Action." + member + " is empty. Expecting string.");
        check(
                text.codePointCount(0, text.length()) <= MAX_TEXT,
                "Action." + member + " is longer than " + MAX_TEXT + " characters.");
    }

    private static void checkCharacters(String member, String text) throws InvalidActionException {
        // The signed text does not delimit its parts: such texts would let a boundary be moved.
        for (String delimiter : DELIMITERS) {
            check(!text.contains(delimiter), "Action." + member + " must not contain '" + delimiter + "'.");
        }
        check(
                text.chars().noneMatch(c -> c < 0x20 && c != '\t' && c != '\n' || c == 0x7f),
                "Action." + member + " must not contain control characters.");
    }

    private static void check(boolean good, String message) throws InvalidActionException {
        if (!good) {
            throw new InvalidActionException(message);
        }
    }

    public Action withId(MigId newId) {
        return changed(copy -> copy.id = newId);
    }

    public Action withName(String newName) {
        return changed(copy -> copy.name = newName);
    }

    public Action withTarget(String newTarget) {
        return changed(copy -> copy.target = newTarget);
    }

    /** The same question in another window of time; the signatures no longer fit and are dropped. */
    public Action withWindow(Instant from, Instant until) {
        return changed(copy -> {
            copy.validFrom = from;
            copy.expireAfter = until;
            copy.pgpSignatures = List.of();
        });
    }

    public Action withSignatures(List<String> signatures) {
        return changed(copy -> copy.pgpSignatures = signatures);
    }

    public Action withInvestigators(List<Investigator> signers) {
        return changed(copy -> copy.investigators = signers);
    }

    public Action withStatus(ActionStatus newStatus) {
        return changed(copy -> copy.status = newStatus);
    }

    public Action withTimes(Instant started, Instant finished, Instant lastUpdated) {
        return changed(copy -> {
            copy.startTime = started;
            copy.finishTime = finished;
            copy.lastUpdateTime = lastUpdated;
        });
    }

    public Action withCounters(ActionCounters newCounters) {
        return changed(copy -> copy.counters = newCounters);
    }

    public Action withSyntaxVersion(int version) {
        return changed(copy -> copy.syntaxVersion = version);
    }

    private Action changed(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.action();
    }

    /** What may differ between an action and its copy. */
    private static final class Copy {
        private final Action original;
        private MigId id;
        private String name;
        private String target;
        private Instant validFrom;
        private Instant expireAfter;
        private List<String> pgpSignatures;
        private List<Investigator> investigators;
        private ActionStatus status;
        private Instant startTime;
        private Instant finishTime;
        private Instant lastUpdateTime;
        private ActionCounters counters;
        private int syntaxVersion;

        Copy(Action original) {
            this.original = original;
            id = original.id;
            name = original.name;
            target = original.target;
            validFrom = original.validFrom;
            expireAfter = original.expireAfter;
            pgpSignatures = original.pgpSignatures;
            investigators = original.investigators;
            status = original.status;
            startTime = original.startTime;
            finishTime = original.finishTime;
            lastUpdateTime = original.lastUpdateTime;
            counters = original.counters;
            syntaxVersion = original.syntaxVersion;
        }

        Action action() {
            return new Action(
                    id,
                    name,
                    target,
                    original.description,
                    original.threat,
                    validFrom,
                    expireAfter,
                    original.operations,
                    pgpSignatures,
                    investigators,
                    status,
                    startTime,
                    finishTime,
                    lastUpdateTime,
                    counters,
                    syntaxVersion);
        }
    }
}
