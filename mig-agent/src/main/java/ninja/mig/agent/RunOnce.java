package ninja.mig.agent;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import ninja.mig.model.Action;
import ninja.mig.model.CanonicalForm;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.model.RejectedException;

/** Refuses what this agent has begun before: a command by its id, a dangerous action by its signed text. */
final class RunOnce {
    /** Modules whose actions run once on an agent and must not stay valid for long. */
    private static final Set<String> MODULES = Set.of("upgrade", "agentdestroy");

    private static final Duration LONGEST = Duration.ofDays(30);

    private RunOnce() {}

    /**
     * Whether the answer to a command is known to be kept, so that its repetition can be ignored.
     *
     * @throws RejectedException if it was begun and nobody will answer it any more
     */
    static boolean isAnswered(MigId command, ReplayGuard guard) throws RejectedException {
        ReplayGuard.Known known = guard.lookUp(command.toString());
        if (known == ReplayGuard.Known.BEGUN) {
            throw new RejectedException(
                    "already executed: this agent began the command earlier and stopped before its end");
        }
        return known == ReplayGuard.Known.ANSWERED;
    }

    /** The first module of an action because of which it runs once on an agent, whatever the ids of its commands are. */
    static Optional<String> module(Action action) {
        return action.operations().stream()
                .map(Operation::module)
                .filter(MODULES::contains)
                .findFirst();
    }

    /**
     * What to remember of an action that runs once.
     *
     * @return empty if the action may run again
     * @throws RejectedException if it has run, or is valid for too long to be remembered
     */
    static Optional<String> key(Action action, ReplayGuard guard) throws RejectedException {
        Optional<String> module = module(action);
        if (module.isEmpty()) {
            return Optional.empty();
        }
        if (Duration.between(action.validFrom(), action.expireAfter()).compareTo(LONGEST) > 0) {
            throw new RejectedException("an action with module '" + module.get() + "' must not be valid for more than "
                    + LONGEST.toDays() + " days");
        }
        String key = digest(action);
        if (guard.lookUp(key) != ReplayGuard.Known.NEW) {
            throw new RejectedException(
                    "already executed: an action with module '" + module.get() + "' runs once on an agent");
        }
        return Optional.of(key);
    }

    /** @throws RejectedException if it may have run, and this agent had to forget it */
    static void checkRemembered(Action action, ReplayGuard guard) throws RejectedException {
        if (guard.isForgotten(action.expireAfter())) {
            throw new RejectedException(
                    "perhaps already executed: this agent had to forget which commands that expire at "
                            + action.expireAfter()
                            + " or earlier it began; launch the action again with a later expiry");
        }
    }

    /** Names what was signed, whatever else of the action was changed. */
    static String digest(Action action) {
        byte[] text = action.canonical(CanonicalForm.C19);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
