package ninja.mig.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.CanonicalForm;
import ninja.mig.model.Command;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.Signer;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.MessageHandler;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command from bytes to results. It is checked, then remembered on disk as begun, then acknowledged to the relay, and
 * only then run: whatever happens in between, it never runs twice.
 */
final class CommandRunner implements MessageHandler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommandRunner.class);

    private static final int MAX_WAITING = 1000;
    private static final int MAX_LOGGED = 256;
    private static final Duration CLOSING = Duration.ofSeconds(5);

    /** Modules whose actions run once on an agent and must not stay valid for long. */
    private static final Set<String> ONCE = Set.of("upgrade", "agentdestroy");

    private static final Duration LONGEST_ONCE = Duration.ofDays(30);

    private final ActionAuthorization authorization;
    private final ReplayGuard guard;
    private final OperationRunner operations;
    private final ResultSender results;
    private final QueueLoc self;
    private final Clock clock;
    private final RefusalBudget refusals;
    private final ThreadPoolExecutor workers;
    private final Set<MigId> atWork = ConcurrentHashMap.newKeySet();
    private volatile Instant lastMessage;

    /** @param workerCount how many operations run at the same time */
    CommandRunner(
            ActionAuthorization authorization,
            ReplayGuard guard,
            OperationRunner operations,
            ResultSender results,
            QueueLoc self,
            int workerCount,
            Clock clock) {
        this.authorization = authorization;
        this.guard = guard;
        this.operations = operations;
        this.results = results;
        this.self = self;
        this.clock = clock;
        this.lastMessage = clock.instant();
        this.refusals = new RefusalBudget(clock);
        this.workers = new ThreadPoolExecutor(
                workerCount,
                workerCount,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING),
                body -> Routines.thread("operations", body));
    }

    /** One at a time, also while a connection ends and the next one delivers the same command again. */
    @Override
    public synchronized void handle(Delivery delivery) throws IOException {
        lastMessage = clock.instant();
        Optional<Accepted> accepted = accept(delivery.body());
        delivery.ack();
        accepted.ifPresent(this::start);
    }

    /** A command that may run and is remembered as begun. */
    record Accepted(ReceivedCommand received, Command command) {}

    /**
     * Checks a message.
     *
     * @return empty if nothing is to run; the refusal is then on its way
     * @throws IOException if this agent cannot remember commands: it must not run any then, nor acknowledge this one
     */
    Optional<Accepted> accept(byte[] body) throws IOException {
        ReceivedCommand received;
        try {
            received = ReceivedCommand.read(body);
        } catch (MalformedJsonException e) {
            log.warn("dropped a message: {}: {}", e.getMessage(), beginning(body));
            return Optional.empty();
        }
        try (LogContext ids = LogContext.command(received.actionId(), received.id())) {
            return check(received);
        }
    }

    private Optional<Accepted> check(ReceivedCommand received) throws IOException {
        try {
            Command command = received.command();
            Action action = command.action();
            Instant now = clock.instant();
            Set<Signer> signers = authorization.authorize(action, now);
            if (received.id().isNone()) {
                throw new RejectedException("a command needs an id");
            }
            if (isRepeated(received.id())) {
                return Optional.empty();
            }
            List<String> keys = Stream.concat(Stream.of(received.id().toString()), onceKey(action).stream())
                    .toList();
            guard.begin(keys, action.expireAfter());
            log.info(
                    "running action '{}' signed by {}",
                    oneLine(action.name()),
                    signers.stream().map(s -> s.fingerprint().toString()).collect(Collectors.joining(", ")));
            return Optional.of(new Accepted(received, command));
        } catch (RejectedException e) {
            refuse(received, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * A command may be delivered twice without harm: while the first one works or its answer is known to be kept, the second
     * one is ignored. If an earlier process began it and did not answer, nobody else will.
     *
     * @throws RejectedException if only a refusal can answer it
     */
    private boolean isRepeated(MigId id) throws RejectedException {
        ReplayGuard.Known known = guard.lookUp(id.toString());
        if (atWork.contains(id) || known == ReplayGuard.Known.ANSWERED) {
            log.info("the command was received again and is not run again");
            return true;
        }
        if (known == ReplayGuard.Known.BEGUN) {
            throw new RejectedException(
                    "already executed: this agent began the command earlier and stopped before its end");
        }
        return false;
    }

    /** @return the key of an action that runs once on an agent, whatever the ids of its commands are */
    private Optional<String> onceKey(Action action) throws RejectedException {
        Optional<String> module = action.operations().stream()
                .map(Operation::module)
                .filter(ONCE::contains)
                .findFirst();
        if (module.isEmpty()) {
            return Optional.empty();
        }
        if (Duration.between(action.validFrom(), action.expireAfter()).compareTo(LONGEST_ONCE) > 0) {
            throw new RejectedException("an action with module '" + module.get() + "' must not be valid for more than "
                    + LONGEST_ONCE.toDays() + " days");
        }
        String key = sha256(action.canonical(CanonicalForm.C19));
        if (guard.lookUp(key) != ReplayGuard.Known.NEW) {
            throw new RejectedException(
                    "already executed: an action with module '" + module.get() + "' runs once on an agent");
        }
        return Optional.of(key);
    }

    private void refuse(ReceivedCommand received, String reason) throws IOException {
        log.warn("refused the command: {}", oneLine(reason));
        if (received.id().isNone()) {
            return;
        }
        if (!refusals.spend()) {
            log.warn("the refusal is not sent: more than {} in a minute", RefusalBudget.PER_MINUTE);
            return;
        }
        results.send(received.id(), received.refusal(reason, self));
    }

    /** Runs the operations side by side, as far as there are workers; the answer is sent when the last one has ended. */
    void start(Accepted accepted) {
        Action action = accepted.command().action();
        atWork.add(accepted.received().id());
        List<CompletableFuture<Outcome>> outcomes = action.operations().stream()
                .map(o -> submit(accepted.received(), o, action.expireAfter()))
                .toList();
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                .thenRun(() -> answer(
                        accepted.received(),
                        outcomes.stream().map(CompletableFuture::join).toList()));
    }

    private CompletableFuture<Outcome> submit(ReceivedCommand received, Operation operation, Instant expireAfter) {
        try {
            return CompletableFuture.supplyAsync(() -> run(received, operation, expireAfter), workers);
        } catch (RejectedExecutionException e) {
            String reason = workers.isShutdown() ? "agent is shutting down" : "agent busy";
            return CompletableFuture.completedFuture(new Outcome.Crashed(reason));
        }
    }

    private Outcome run(ReceivedCommand received, Operation operation, Instant expireAfter) {
        try (LogContext ids = LogContext.command(received.actionId(), received.id())) {
            Outcome outcome = operations.run(operation, expireAfter);
            log.info("module '{}': {}", operation.module(), outcome.status());
            return outcome;
        } catch (RuntimeException e) {
            log.error("module '{}' could not be run", operation.module(), e);
            return new Outcome.Crashed("module '" + operation.module() + "' could not be run");
        }
    }

    private void answer(ReceivedCommand received, List<Outcome> outcomes) {
        MigId id = received.id();
        try (LogContext ids = LogContext.command(received.actionId(), received.id())) {
            List<ModuleResult> entries = outcomes.stream().map(Outcome::result).toList();
            results.send(id, received.answer(Outcome.worst(outcomes), entries, self));
            guard.answered(id.toString());
        } catch (IOException | RuntimeException e) {
            log.error("the results of the command are lost", e);
        } finally {
            atWork.remove(id);
        }
    }

    /** Whether no command is being run, and none has come for that long. */
    boolean isIdle(Duration quiet) {
        return atWork.isEmpty() && !lastMessage.plus(quiet).isAfter(clock.instant());
    }

    /** Stops the modules at hand and lets their commands be answered. */
    @Override
    public void close() throws InterruptedException {
        workers.shutdown();
        operations.close();
        if (!workers.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
            workers.shutdownNow();
        }
    }

    private static String beginning(byte[] body) {
        return oneLine(new String(body, 0, Math.min(body.length, MAX_LOGGED), StandardCharsets.UTF_8));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String sha256(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
