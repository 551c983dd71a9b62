package ninja.mig.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
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
 * One command from bytes to results. It is checked, then kept on disk, then remembered as begun, then acknowledged to the
 * relay; it is marked as running, then run; its answer is kept on disk, then it is forgotten. Whatever happens in between,
 * it never runs twice and is always answered: what waited runs in the next process of this agent, and what ran when the
 * former one was killed is answered by the next.
 */
final class CommandRunner implements MessageHandler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommandRunner.class);

    private static final int MAX_WAITING = 1000;
    static final String KILLED = "the agent was stopped while it ran the command, or could not keep the results: "
            + "what was done is not known, and the command is not run again";

    private static final int MAX_LOGGED = 256;

    /** Bytes of answers that may wait in memory until there is room for them on the disk. */
    private static final int MAX_UNKEPT = 8 << 20;

    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final Duration INTERRUPTED = Duration.ofSeconds(1);

    private final ActionAuthorization authorization;
    private final ReplayGuard guard;
    private final CommandsAtHand atHand;
    private final OperationRunner operations;
    private final ResultSender results;
    private final QueueLoc self;
    private final Clock clock;
    private final RefusalBudget refusals;
    private final Repetitions repetitions = new Repetitions();
    private final ThreadPoolExecutor workers;
    private final Set<MigId> atWork = ConcurrentHashMap.newKeySet();
    /** Their commands stay at work. */
    private final Map<MigId, Answer> unkept = new ConcurrentHashMap<>();

    private final CommandHistory history;
    private volatile long lastMessage = System.nanoTime();
    private volatile boolean closing;

    /** @param workerCount how many operations run at the same time */
    CommandRunner(
            ActionAuthorization authorization,
            ReplayGuard guard,
            CommandsAtHand atHand,
            OperationRunner operations,
            ResultSender results,
            QueueLoc self,
            int workerCount,
            Clock clock) {
        this.authorization = authorization;
        this.guard = guard;
        this.atHand = atHand;
        this.operations = operations;
        this.results = results;
        this.self = self;
        this.clock = clock;
        this.refusals = new RefusalBudget(clock);
        this.history = new CommandHistory(clock);
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
        lastMessage = System.nanoTime();
        Optional<Accepted> accepted = acceptOrDrop(delivery.body());
        delivery.ack();
        accepted.ifPresent(this::start);
    }

    /** What is too large for this process must not come back to it for ever. */
    private Optional<Accepted> acceptOrDrop(byte[] body) throws IOException {
        try {
            return accept(body);
        } catch (OutOfMemoryError | StackOverflowError e) {
            log.error(
                    "dropped a message of {} bytes: there is not enough memory for it: {}", body.length, e.toString());
            return Optional.empty();
        }
    }

    /**
     * Deals with what earlier processes of this agent, which are gone, took and did not answer. To be called before the
     * first command is delivered, and now and then: what was not possible now is tried again.
     */
    synchronized void recover() throws IOException {
        if (closing) {
            return;
        }
        keepUnkept();
        atHand.takeOver();
        for (MigId id : atHand.all()) {
            // In this order: what is no longer at work now is at hand now only if it was not answered.
            Optional<CommandsAtHand.Entry> left = atWork.contains(id) ? Optional.empty() : atHand.find(id);
            left.ifPresent(this::recover);
        }
    }

    private void recover(CommandsAtHand.Entry left) {
        try {
            recover(left, Files.readAllBytes(left.file()));
        } catch (IOException | RuntimeException e) {
            log.error("command {}, which an earlier run of this agent left, cannot be dealt with", left.command(), e);
        }
    }

    private void recover(CommandsAtHand.Entry left, byte[] body) throws IOException {
        MigId id = left.command();
        // In this order: an answer is remembered before its command is forgotten.
        boolean elsewhere = atHand.isElsewhere(id);
        ReplayGuard.Known known = guard.lookUpNow(id.toString());
        if (!left.isRunning()) {
            log.info("command {} waited when an earlier run of this agent ended", id);
            Optional<Accepted> accepted = elsewhere ? Optional.empty() : accept(body, known == ReplayGuard.Known.BEGUN);
            accepted.ifPresent(this::start);
            if (accepted.isEmpty()) {
                atHand.done(id);
            }
            return;
        }
        if (known != ReplayGuard.Known.ANSWERED && !results.holds(id)) {
            answerKilled(id, body);
        }
        guard.answered(id.toString());
        atHand.done(id);
    }

    private void answerKilled(MigId id, byte[] body) throws IOException {
        try {
            ReceivedCommand received = ReceivedCommand.read(body);
            try (LogContext ids = LogContext.command(received.actionId(), id)) {
                log.warn(KILLED);
                results.send(id, received.refusal(KILLED, self), () -> guard.answered(id.toString()));
            }
        } catch (MalformedJsonException e) {
            log.error("the command {} was damaged while it was kept, and cannot be answered", id, e);
        }
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
        return accept(body, false);
    }

    /** @param begun whether it was found on disk, where it is as it was when it was accepted and remembered */
    private Optional<Accepted> accept(byte[] body, boolean begun) throws IOException {
        ReceivedCommand received;
        try {
            received = ReceivedCommand.read(body);
        } catch (MalformedJsonException e) {
            log.warn("dropped a message: {}: {}", Excerpt.of(e.getMessage()), beginning(body));
            return Optional.empty();
        }
        try (LogContext ids = LogContext.command(received.actionId(), received.id())) {
            return check(received, body, begun);
        }
    }

    private Optional<Accepted> check(ReceivedCommand received, byte[] body, boolean begun) throws IOException {
        try {
            Command command = received.command();
            Action action = command.action();
            Set<Signer> signers = authorization.authorize(action, clock.instant());
            if (received.id().isNone()) {
                throw new RejectedException("a command needs an id");
            }
            checkAddressee(command, self);
            if (!begun && (isRepeated(received.id()) || !remember(received.id(), body, action))) {
                return Optional.empty();
            }
            history.began(received.id(), received.actionId());
            log.info(
                    "running action '{}' signed by {}",
                    Excerpt.of(action.name()),
                    signers.stream().map(s -> s.fingerprint().toString()).collect(Collectors.joining(", ")));
            repetitions
                    .earlier(RunOnce.digest(action), received.id())
                    .ifPresent(id -> log.warn("this very action ran here before, as command {}", id));
            return Optional.of(new Accepted(received, command));
        } catch (RejectedException e) {
            if (begun) {
                answerUnrun(received, Excerpt.of(e.getMessage()));
            } else {
                refuse(received, Excerpt.of(e.getMessage()));
            }
            return Optional.empty();
        }
    }

    /** Nothing signs the address: this stops mistakes, and an attacker who does not rewrite it. */
    static void checkAddressee(Command command, QueueLoc self) throws RejectedException {
        String queueLoc = command.agent().queueLoc();
        if (!queueLoc.isEmpty() && !queueLoc.equals(self.toString())) {
            throw new RejectedException("the command is for another agent");
        }
    }

    /** It passed all checks when it came, and then expired, or the agent has other keys and another ACL now. */
    private void answerUnrun(ReceivedCommand received, String reason) throws IOException {
        log.warn("the command was not run: {}", reason);
        String key = received.id().toString();
        results.send(received.id(), received.refusal(reason, self), () -> guard.answered(key));
    }

    /**
     * A command may be delivered twice without harm: while the first one is at hand or its answer is known to be kept, the
     * second one is ignored. If nobody has what was begun, nobody will answer it.
     *
     * @throws RejectedException if only a refusal can answer it
     */
    private boolean isRepeated(MigId id) throws RejectedException, IOException {
        boolean begun = guard.lookUp(id.toString()) == ReplayGuard.Known.BEGUN;
        if (atWork.contains(id) || (begun && atHand.isKnown(id)) || RunOnce.isAnswered(id, guard)) {
            log.info("the command was received again and is not run again");
            return true;
        }
        return false;
    }

    /**
     * Keeps a command until it is answered, and remembers that it must not come again.
     *
     * @return false if another process of this agent was faster
     */
    private boolean remember(MigId id, byte[] body, Action action) throws RejectedException, IOException {
        RunOnce.checkRemembered(action, guard);
        // The other key first: it is there if the id is, whatever stops the writing.
        List<String> keys = Stream.concat(RunOnce.key(action, guard).stream(), Stream.of(id.toString()))
                .toList();
        if (!atHand.isWaiting(id) && !atHand.hasRoom(body.length)) {
            throw new RejectedException("agent busy");
        }
        atHand.take(id, body);
        boolean first = false;
        try {
            first = guard.begin(keys, action.expireAfter());
        } finally {
            if (!first) {
                atHand.done(id); // without being remembered it must not be found
            }
        }
        if (first) {
            return true;
        }
        if (!isRepeated(id)) {
            RunOnce.key(action, guard);
        }
        return false;
    }

    private void refuse(ReceivedCommand received, String reason) throws IOException {
        log.warn("refused the command: {}", reason);
        if (received.id().isNone()) {
            return;
        }
        history.refused(received.id(), received.actionId());
        if (!refusals.spend()) {
            log.warn("the refusal is not sent: more than {} in a minute", RefusalBudget.PER_MINUTE);
            return;
        }
        results.sendRefusal(received.id(), received.refusal(reason, self));
    }

    /** Runs the operations side by side, as far as there are workers; the answer is sent when the last one has ended. */
    void start(Accepted accepted) {
        Action action = accepted.command().action();
        atWork.add(accepted.received().id());
        List<CompletableFuture<Outcome>> outcomes = action.operations().stream()
                .map(o -> submit(accepted.received(), o, action.expireAfter()))
                .toList();
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                .thenRun(() -> end(
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
            if (isLeft(received.id())) {
                return new Outcome.Crashed("agent is shutting down");
            }
            atHand.begin(received.id());
            Outcome outcome = operations.run(operation, expireAfter);
            log.info("module '{}': {}{}", operation.module(), outcome.status(), why(outcome));
            return outcome;
        } catch (IOException | RuntimeException e) {
            log.error("module '{}' could not be run", operation.module(), e);
            return new Outcome.Crashed("module '" + operation.module() + "' could not be run");
        }
    }

    /** What a module itself reports is in its results. */
    private static String why(Outcome outcome) {
        return outcome instanceof Outcome.Finished
                ? ""
                : ": " + Excerpt.of(String.join("; ", outcome.result().errors()));
    }

    /** A command of which nothing has run when the agent ends is left to its next process. */
    private boolean isLeft(MigId id) {
        return closing && atHand.isWaiting(id);
    }

    private void end(ReceivedCommand received, List<Outcome> outcomes) {
        MigId id = received.id();
        try (LogContext ids = LogContext.command(received.actionId(), received.id())) {
            if (isLeft(id)) {
                log.info("the command waits for the next start of this agent");
            } else {
                List<ModuleResult> entries =
                        outcomes.stream().map(Outcome::result).toList();
                CommandStatus status = Outcome.worst(outcomes);
                keepOrRetain(id, new Answer(received.answer(status, entries, self), status));
            }
        } catch (RuntimeException e) {
            log.error("the results of the command meet a defect and are lost", e);
        } finally {
            if (!unkept.containsKey(id)) {
                atWork.remove(id);
            }
        }
    }

    private record Answer(byte[] bytes, CommandStatus status) {}

    private void keepOrRetain(MigId id, Answer answer) {
        try {
            results.send(id, answer.bytes(), () -> guard.answered(id.toString()));
            done(id, answer);
        } catch (IOException e) {
            int waiting =
                    unkept.values().stream().mapToInt(a -> a.bytes().length).sum();
            if (waiting + answer.bytes().length > MAX_UNKEPT) {
                log.error("the results of the command cannot be kept and are lost", e);
            } else {
                log.error("the results of the command cannot be kept now, and will be tried again: {}", e.toString());
                unkept.put(id, answer);
            }
        }
    }

    private void done(MigId id, Answer answer) throws IOException {
        atHand.done(id);
        history.answered(id, answer.status());
    }

    /** An answer may be on disk already, and only what follows it not. */
    private void keepUnkept() throws IOException {
        for (Map.Entry<MigId, Answer> entry : unkept.entrySet()) {
            MigId id = entry.getKey();
            if (results.holds(id)) {
                guard.answered(id.toString());
            } else {
                results.send(id, entry.getValue().bytes(), () -> guard.answered(id.toString()));
            }
            done(id, entry.getValue());
            unkept.remove(id);
            atWork.remove(id);
            log.info("the results of command {} are kept now", id);
        }
    }

    /** The commands that came last. */
    CommandHistory history() {
        return history;
    }

    /** Whether no command is being run, and none has come for that long. */
    boolean isIdle(Duration quiet) {
        return atWork.isEmpty() && System.nanoTime() - lastMessage >= quiet.toNanos();
    }

    /** Stops the modules at hand and lets their commands be answered; what waits is left to the next process. */
    @Override
    public void close() throws InterruptedException {
        stop(new Outcome.Crashed("agent is shutting down"));
    }

    /** As {@link #close}, with another answer for what is running; the first call counts. */
    void stop(Outcome outcome) throws InterruptedException {
        closing = true;
        workers.shutdown();
        operations.stop(outcome);
        if (!workers.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
            workers.shutdownNow();
            // Whoever is interrupted cannot write, and leaves his answer to this thread.
            if (!workers.awaitTermination(INTERRUPTED.toMillis(), TimeUnit.MILLISECONDS)) {
                log.error("an operation does not end, its command is answered at the next start");
            }
        }
        try {
            keepUnkept();
        } catch (IOException e) {
            log.error("the results of commands {} cannot be kept and are lost: {}", unkept.keySet(), e.toString());
            unkept.clear();
        }
    }

    private static String beginning(byte[] body) {
        return Excerpt.of(new String(body, 0, Math.min(body.length, MAX_LOGGED), StandardCharsets.UTF_8));
    }
}
