package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.acl.Acl;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Command;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.Module;
import ninja.mig.modules.Modules;
import ninja.mig.modules.Reason;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.BadSignatureException;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.Signer;

/**
 * Says what this agent would do with an action, without doing it. The verdict is that of the checks that commands go
 * through; the lines before it show how they come to it.
 */
final class Explanation {
    private static final int MAX_SHOWN = 400;

    private final Page page;
    private final AgentConf conf;
    private final RunDir runDir;
    private final Optional<QueueLoc> self;
    private final Clock clock;

    /**
     * @param runDir where the agent remembers what it has run
     * @param self this agent; empty if it has no id yet, or none that can be read
     */
    Explanation(Page page, AgentConf conf, RunDir runDir, Optional<QueueLoc> self, Clock clock) {
        this.page = page;
        this.conf = conf;
        this.runDir = runDir;
        this.self = self;
        this.clock = clock;
    }

    /**
     * Explains an action, or the action of a command.
     *
     * @return whether this agent would run it now
     */
    boolean explain(Path file) {
        Command command;
        try {
            command = read(file);
        } catch (MalformedJsonException e) {
            return verdict(file + " is not an action: " + e.getMessage());
        } catch (IOException e) {
            return verdict(file + " cannot be read: " + Reason.of(e));
        }
        Action action = command.action();
        Instant now = clock.instant();
        head(action, now);
        Set<Fingerprint> signers = signatures(action, now);
        int able = operations(action, signers, now);
        Optional<String> refusal = refusal(command, now);
        if (refusal.isPresent()) {
            return verdict(refusal.get());
        }
        if (able == 0) {
            return verdict("it is accepted, but none of its operations can do anything here");
        }
        page.section("Verdict");
        page.ok("this agent would run the action now");
        return true;
    }

    private boolean verdict(String refusal) {
        page.section("Verdict");
        page.no("this agent would not run the action", refusal);
        return false;
    }

    /** By the reader of commands: an action is read as the scheduler would send it. */
    private static Command read(Path file) throws IOException, MalformedJsonException {
        if (Files.size(file) > ReceivedCommand.MAX_BODY) {
            throw new MalformedJsonException("more than " + ReceivedCommand.MAX_BODY + " bytes");
        }
        byte[] content = Files.readAllBytes(file);
        JsonNode tree = MigJson.tree(content);
        if (tree.isObject() && !isCommand(tree)) {
            ObjectNode command = JsonNodeFactory.instance.objectNode();
            command.set("action", tree);
            return ReceivedCommand.read(MigJson.bytes(command)).command();
        }
        return ReceivedCommand.read(content).command();
    }

    private static boolean isCommand(JsonNode tree) {
        return tree.properties().stream()
                .anyMatch(e ->
                        e.getKey().equalsIgnoreCase("action") && e.getValue().isObject());
    }

    /** What the agent does before it runs a command: {@link CommandRunner} asks the same in the same order. */
    private Optional<String> refusal(Command command, Instant now) {
        try {
            Action action = command.action();
            AgentDaemon.authorization(conf).authorize(action, now);
            addressee(command);
            replay(command.id(), action);
            return Optional.empty();
        } catch (RejectedException e) {
            return Optional.of(e.getMessage());
        }
    }

    private void addressee(Command command) throws RejectedException {
        if (self.isPresent()) {
            CommandRunner.checkAddressee(command, self.get());
        } else if (!command.agent().queueLoc().isEmpty()) {
            throw new RejectedException("whether the command is for this agent cannot be told, since its id cannot be"
                    + " read; ask as the user that the agent runs as");
        }
    }

    private void replay(MigId id, Action action) throws RejectedException {
        page.section("Replay");
        Optional<String> once = RunOnce.module(action);
        try (ReplayGuard guard = ReplayGuard.readOnly(runDir, clock)) {
            atHand(id);
            if (!id.isNone() && RunOnce.isAnswered(id, guard)) {
                throw new RejectedException("already executed: this agent has answered command " + id);
            }
            RunOnce.checkRemembered(action, guard);
            RunOnce.key(action, guard);
            page.ok(
                    once.isPresent()
                            ? "an action with module '" + once.get()
                                    + "' runs once on an agent; this one has not run here"
                            : "no command runs twice; the action may come again in another command");
        } catch (IOException e) {
            if (once.isPresent() || !id.isNone()) {
                throw new RejectedException(
                        "whether it has run here cannot be told: " + Page.reason(e)
                                + "; ask as the user that the agent runs as",
                        e);
            }
            page.note("what this agent has run is not known, which does not matter for this action: " + Page.reason(e));
        }
    }

    /** Such a command is not taken twice, whoever has it. */
    private void atHand(MigId id) throws RejectedException, IOException {
        Optional<CommandsAtHand.Entry> found = id.isNone()
                ? Optional.empty()
                : CommandsAtHand.look(runDir).stream()
                        .filter(entry -> entry.command().equals(id))
                        .findFirst();
        if (found.isPresent()) {
            throw new RejectedException(
                    found.get().isRunning()
                            ? "command " + id + " is here already and is being run, or was when its agent was killed:"
                                    + " it is not run again"
                            : "command " + id + " is here already and waits to be run: it is not taken a second time");
        }
    }

    private void head(Action action, Instant now) {
        page.section("Action");
        page.value("name", cut(action.name()));
        page.value("target", cut(action.target()) + "   (the scheduler's business: no agent looks at it)");
        page.value("now", now.truncatedTo(ChronoUnit.SECONDS).toString());
        String from = action.validFrom().toString();
        String until = action.signedEnd().toString();
        if (now.isBefore(action.validFrom())) {
            page.no("valid from " + from + ", in " + text(Duration.between(now, action.validFrom())));
        } else {
            page.ok("valid from " + from);
        }
        if (now.isAfter(action.signedEnd())) {
            page.no("expired at " + until + ", " + text(Duration.between(action.signedEnd(), now)) + " ago");
        } else {
            page.ok("expires at " + until + ", in " + text(Duration.between(now, action.signedEnd())));
        }
    }

    private static String text(Duration duration) {
        return GoDuration.format(Duration.ofSeconds(duration.toSeconds()));
    }

    /** @return whose signatures count */
    private Set<Fingerprint> signatures(Action action, Instant now) {
        page.section("Signatures");
        Set<Fingerprint> signers = new HashSet<>();
        if (action.pgpSignatures().isEmpty()) {
            page.no("none");
        }
        List<String> looked =
                action.pgpSignatures().stream().limit(Action.MAX_SIGNATURES).toList();
        for (String stored : looked) {
            try {
                Signer signer = ActionSignatures.signer(action, stored, conf.keyring(), now);
                String name = signer.fingerprint() + "  " + signer.userId() + ", signed " + signer.signedAt();
                if (signers.add(signer.fingerprint())) {
                    page.ok(name);
                } else {
                    page.no(name + ": signed twice");
                }
            } catch (BadSignatureException e) {
                page.no("refused: " + e.getMessage());
            }
        }
        if (action.pgpSignatures().size() > looked.size()) {
            page.note(action.pgpSignatures().size() + " signatures: the others were not looked at");
        }
        return signers;
    }

    /** @return how many operations could do something, if they were permitted */
    private int operations(Action action, Set<Fingerprint> signers, Instant now) {
        page.section("Operations");
        Set<String> available = conf.builtin().availableModules();
        int able = 0;
        Duration limit = limit(action, now);
        List<Operation> looked =
                action.operations().stream().limit(Action.MAX_OPERATIONS).toList();
        for (int i = 0; i < looked.size(); i++) {
            Operation operation = looked.get(i);
            permission(i, operation, signers);
            page.value("parameters", cut(MigJson.text(operation.parameters())));
            Optional<Module<?>> module = available.contains(operation.module())
                    ? Modules.installed().byName(operation.module())
                    : Optional.empty();
            if (module.isEmpty()) {
                page.no("this agent does not have the module: the operation fails, the others run");
            } else if (binds(module.get(), operation, limit)) {
                able++;
            }
        }
        return able;
    }

    /** As the agent that begins now: none of its modules runs on when the action has expired. */
    private Duration limit(Action action, Instant now) {
        Duration left = Duration.between(now, action.signedEnd()).truncatedTo(ChronoUnit.SECONDS);
        Duration timeout = conf.settings().moduleTimeout();
        return left.compareTo(timeout) < 0 && !left.isNegative() ? left : timeout;
    }

    private void permission(int index, Operation operation, Set<Fingerprint> signers) {
        Acl.Decision decision = conf.acl().decide(operation.module(), signers);
        String text = index + " " + operation.module() + ": ";
        if (decision.refusal().isPresent()) {
            page.no(text + decision.refusal().get());
        } else {
            page.ok(text
                    + decision.permission()
                            .map(p -> "weight " + decision.weight() + " of " + p.minimumWeight()
                                    + " needed by permission '" + p.name() + "'")
                            .orElse("permitted"));
        }
        decision.permission().ifPresent(permission -> {
            String weights = signers.stream()
                    .filter(permission.weights()::containsKey)
                    .map(s -> permission.labels().getOrDefault(s, s.toString()) + " ("
                            + permission.weights().get(s) + ")")
                    .sorted()
                    .collect(Collectors.joining(" + "));
            page.value("signed by", weights.isEmpty() ? "nobody whom this permission lists" : weights);
        });
    }

    /** As the process of the module does before it runs. */
    private boolean binds(Module<?> module, Operation operation, Duration limit) {
        page.value("would", module.description());
        try {
            module.bind(operation.parameters());
            String particulars = Particulars.of(operation.parameters(), module.keys());
            if (!particulars.isEmpty()) {
                page.value("namely", cut(particulars));
            }
            page.value("at most for", GoDuration.format(limit));
            return true;
        } catch (RejectedException e) {
            page.no("the module refuses its parameters: " + cut(e.getMessage()));
            return false;
        }
    }

    private static String cut(String text) {
        return text.length() <= MAX_SHOWN
                ? text
                : text.substring(0, MAX_SHOWN) + "... (" + text.length() + " characters)";
    }
}
