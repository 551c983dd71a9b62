package ninja.mig.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import ninja.mig.acl.Acl;
import ninja.mig.acl.PermissionDeniedException;
import ninja.mig.client.ActionFile;
import ninja.mig.client.ClientConf;
import ninja.mig.client.ExitCode;
import ninja.mig.client.Program;
import ninja.mig.client.SigningKeys;
import ninja.mig.client.Text;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.CanonicalForm;
import ninja.mig.model.InvalidActionException;
import ninja.mig.model.Times;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.BadSignatureException;
import ninja.mig.pgp.DetachedSignature;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.PublicKey;
import ninja.mig.pgp.Signer;
import ninja.mig.pgp.SigningException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "mig-action-verifier",
        description = "Checks the signatures of an action.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Main implements Callable<Integer> {
    private static final int BAD_SIGNATURE = 2;
    private static final int UNKNOWN_SIGNER = 3;
    private static final int INVALID = 4;
    private static final int UNREADABLE = 5;

    @Spec
    private picocli.CommandLine.Model.CommandSpec spec;

    @Option(
            names = {"-a", "--a"},
            paramLabel = "<file>",
            description = "action to verify; - reads standard input")
    private String actionFile;

    @Option(
            names = {"-c", "--c"},
            paramLabel = "<file>",
            description = "command to verify: the action in it")
    private String commandFile;

    @Option(
            names = {"-conf", "--conf"},
            paramLabel = "<path>",
            description = "configuration (default: $MIGRC, else ~/.migrc); not needed with -keys")
    private Path conf;

    @Option(
            names = {"-keys", "--keys"},
            paramLabel = "<file>",
            description = "public keys to verify with, armored or binary")
    private Path keys;

    @Option(
            names = {"-acl", "--acl"},
            paramLabel = "<file>",
            description = "also check the signers against this ACL of an agent")
    private Path acl;

    @Option(
            names = {"-now", "--now"},
            paramLabel = "<time>",
            description = "verify as of this time (RFC 3339)")
    private String now;

    @Option(
            names = {"-canonical", "--canonical"},
            description = "print the text that the signatures cover, and nothing else")
    private boolean canonical;

    @Option(
            names = {"-json", "--json"},
            description = "print the verdict as JSON")
    private boolean json;

    @Option(
            names = {"-q", "--q"},
            description = "print nothing: the exit code is the verdict")
    private boolean quiet;

    private final PrintStream out;
    private final Map<String, String> environment;
    private final Clock clock;

    Main(PrintStream out, Map<String, String> environment, Clock clock) {
        this.out = out;
        this.environment = environment;
        this.clock = clock;
    }

    public static void main(String[] args) {
        System.exit(new Program(System.err).run(new Main(System.out, System.getenv(), Clock.systemUTC()), args));
    }

    /** What one signature turned out to be. */
    private record Verdict(int exit, String text, Optional<Signer> signer) {}

    @Override
    public Integer call() throws Exception {
        if ((actionFile == null) == (commandFile == null)) {
            throw new ParameterException(spec.commandLine(), "give either -a <file> or -c <file>");
        }
        Action action;
        try {
            action = read();
        } catch (IOException | MalformedJsonException e) {
            System.err.println("error: " + Text.printable(e.getMessage()));
            return UNREADABLE;
        }
        if (canonical) {
            out.print(CanonicalForm.C19.of(action));
            out.flush();
            return ExitCode.SUCCESS;
        }
        return verify(action);
    }

    private Action read() throws IOException, MalformedJsonException {
        if (actionFile != null) {
            return ActionFile.read(actionFile, System.in);
        }
        JsonNode tree = MigJson.tree(ActionFile.bytes(commandFile, System.in));
        ninja.mig.model.Command command = MigJson.bind(tree, ninja.mig.model.Command.class);
        if (command.agent().name().isEmpty()
                || command.agent().queueLoc().isEmpty()
                || command.status().word().isEmpty()) {
            throw new MalformedJsonException(commandFile + ": a command has agent.name, agent.queueloc and status");
        }
        return command.action();
    }

    private int verify(Action action) throws IOException, SigningException {
        Instant time = now == null ? clock.instant() : time();
        List<String> problems = new ArrayList<>();
        Keyring keyring = Keyring.ofKeys(publicKeys());
        List<Verdict> verdicts = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String signature : action.pgpSignatures()) {
            verdicts.add(verdict(action, signature, keyring, time, seen));
        }
        int exit = verdicts.stream()
                .mapToInt(Verdict::exit)
                .filter(e -> e != 0)
                .min()
                .orElse(0);
        try {
            action.validate(time);
        } catch (InvalidActionException e) {
            problems.add(e.getMessage());
            exit = exit == 0 ? INVALID : exit;
        }
        if (exit == 0 && acl != null) {
            exit = checkAcl(action, verdicts, problems);
        }
        print(verdicts, problems, exit);
        return exit;
    }

    private Instant time() {
        try {
            return Times.parse(now);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private List<PublicKey> publicKeys() throws SigningException {
        if (keys != null) {
            return SigningKeys.publicKeys(keys);
        }
        ClientConf client = ClientConf.load(conf == null ? ClientConf.defaultPath(environment) : conf, environment);
        return new SigningKeys(client, environment).publicKeys();
    }

    private static Verdict verdict(Action action, String stored, Keyring keyring, Instant time, Set<String> seen) {
        try {
            Signer signer = keyring.verify(ActionSignatures.texts(action), DetachedSignature.parse(stored), time);
            if (!seen.add(signer.fingerprint().hex())) {
                return new Verdict(BAD_SIGNATURE, "refused, the same key signed already", Optional.of(signer));
            }
            return new Verdict(0, describe(signer), Optional.of(signer));
        } catch (BadSignatureException e) {
            return new Verdict(e.isUnknownSigner() ? UNKNOWN_SIGNER : BAD_SIGNATURE, e.getMessage(), Optional.empty());
        }
    }

    private static String describe(Signer signer) {
        String subkey = signer.signingKey().equals(signer.fingerprint())
                ? ""
                : " (made by subkey " + signer.signingKey().hex() + ")";
        return Text.printable(signer.userId()) + " " + signer.fingerprint().hex() + subkey + ", "
                + Times.format(signer.signedAt());
    }

    private int checkAcl(Action action, List<Verdict> verdicts, List<String> problems) throws IOException {
        Set<Signer> signers = new LinkedHashSet<>();
        verdicts.forEach(v -> v.signer().ifPresent(signers::add));
        try {
            Acl.parse(List.of(Files.readString(acl))).check(action, signers);
            return 0;
        } catch (PermissionDeniedException e) {
            problems.add(e.getMessage());
            return INVALID;
        }
    }

    private void print(List<Verdict> verdicts, List<String> problems, int exit) {
        if (quiet) {
            return;
        }
        if (json) {
            out.println(MigJson.pretty(Map.of(
                    "valid",
                    exit == 0,
                    "signatures",
                    verdicts.stream()
                            .map(v -> Map.of(
                                    "valid",
                                    v.exit() == 0,
                                    "fingerprint",
                                    v.signer().map(s -> s.fingerprint().hex()).orElse(""),
                                    "detail",
                                    v.text()))
                            .toList(),
                    "problems",
                    problems)));
            return;
        }
        problems.forEach(out::println);
        for (int i = 0; i < verdicts.size(); i++) {
            Verdict verdict = verdicts.get(i);
            out.println(
                    "signature " + (i + 1) + ": " + (verdict.exit() == 0 ? "valid, " : "invalid, ") + verdict.text());
        }
        if (exit == 0) {
            out.println("Valid signature");
        } else {
            out.println("[error] this action would be refused");
        }
    }
}
