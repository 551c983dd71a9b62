package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import ninja.mig.acl.Acl;
import ninja.mig.conf.IniFile;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.InvalidActionException;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.pgp.SigningException;

/** Two investigators with keys, an agent's ACL about them, and their actions. */
final class Investigation {
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    static final String WHOEVER = "status='online'";

    final ActionSigner bob;
    final ActionSigner sam;
    final ActionSigner stranger;
    final Instant now;

    Investigation() {
        this(NOW);
    }

    /** @param now when the keys are two days old */
    Investigation(Instant now) {
        this.now = now;
        Clock earlier = Clock.fixed(now.minus(Duration.ofDays(2)), java.time.ZoneOffset.UTC);
        bob = signer("Bob Kelso <bob@example.net>", earlier);
        sam = signer("Sam Axe <sam@example.net>", earlier);
        stranger = signer("Mallory <mallory@example.net>", earlier);
    }

    private ActionSigner signer(String userId, Clock created) {
        try {
            SecretKeyring made = SecretKeyring.generateEd25519(userId, created);
            SecretKeyring keys = SecretKeyring.load(
                    made.armoredSecret().getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                    Clock.fixed(now, java.time.ZoneOffset.UTC));
            return keys.signer(keys.onlyFingerprint(), new char[0]);
        } catch (BadKeyException | SigningException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> publicKeys() {
        return List.of(bob.publicKey(), sam.publicKey());
    }

    Keyring keyring() {
        try {
            return Keyring.of(publicKeys());
        } catch (BadKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Anything is open to either, module netstat needs both. */
    String acl() {
        String both = """
                "investigators": {"Bob": {"fingerprint": "%s", "weight": 1}, "Sam": {"fingerprint": "%s", "weight": 1}}""".formatted(bob.fingerprint(), sam.fingerprint());
        return "{\"default\": {\"minimumweight\": 1, " + both + "}, \"netstat\": {\"minimumweight\": 2, " + both + "}}";
    }

    Acl parsedAcl() {
        return Acl.parse(List.of(acl()));
    }

    /** What an agent with these keys, this ACL and these modules is configured with by a file. */
    AgentConf conf(String file, String... modules) throws Exception {
        AgentSettings settings = AgentSettings.read(IniFile.parse("test.cfg", file));
        return AgentConf.of(settings, builtin(settings, publicKeys(), acl(), modules));
    }

    static BuiltinConfig builtin(AgentSettings settings, List<String> publicKeys, String acl, String... modules)
            throws Exception {
        return BuiltinConfig.of(
                settings,
                Map.of(),
                new BuiltinConfig.Fixed("test", List.of(), publicKeys, List.of(MigJson.tree(acl)), List.of(modules)));
    }

    static Operation operation(String module, String parameters) {
        try {
            JsonNode tree = MigJson.tree(parameters);
            return new Operation(module, tree);
        } catch (MalformedJsonException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Operation probe(String order) {
        return operation("probe", "{\"do\":\"" + order + "\"}");
    }

    Action draft(Operation... operations) {
        return Action.draft("test", WHOEVER, now.minusSeconds(60), now.plusSeconds(600), List.of(operations));
    }

    Action signed(Action action, ActionSigner... signers) {
        try {
            Action signed = action;
            for (ActionSigner signer : signers) {
                signed = ActionSignatures.sign(signed, signer);
            }
            return signed;
        } catch (SigningException | InvalidActionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With signatures over another action. */
    Action forged(Action action, ActionSigner... signers) {
        Action other = signed(action.withTarget("name='elsewhere'"), signers);
        return action.withSignatures(other.pgpSignatures());
    }

    /** As a scheduler sends it. */
    byte[] command(long id, Action action) {
        List<ModuleResult> empty =
                new ArrayList<>(Collections.nCopies(action.operations().size(), ModuleResult.EMPTY));
        return MigJson.bytes(new Command(
                new MigId(id), action.withId(new MigId(7)), Agent.NONE, CommandStatus.SENT, empty, now, Times.UNSET));
    }

    static String errors(Command answer) {
        return answer.results().stream().flatMap(r -> r.errors().stream()).collect(Collectors.joining("\n"));
    }
}
