package ninja.mig.generator;

import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import ninja.mig.client.ActionFile;
import ninja.mig.client.ActionLauncher;
import ninja.mig.client.ApiConnection;
import ninja.mig.client.ClientConf;
import ninja.mig.client.ExitCode;
import ninja.mig.client.MigClient;
import ninja.mig.client.Program;
import ninja.mig.client.SigningKeys;
import ninja.mig.client.Target;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.CanonicalForm;
import ninja.mig.model.RejectedException;
import ninja.mig.model.Times;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SigningException;
import ninja.mig.runtime.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "mig-action-generator",
        description = "Signs an action file, prints it and launches it.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Main implements Callable<Integer> {
    @Spec
    private picocli.CommandLine.Model.CommandSpec spec;

    @Option(
            names = {"-i", "--i"},
            paramLabel = "<file>",
            description = "action to sign; - reads standard input")
    private String input;

    @Option(
            names = {"-c", "--c"},
            paramLabel = "<path>",
            description = "configuration (default: $MIGRC, else ~/.migrc)")
    private Path conf;

    @Option(
            names = {"-t", "--t", "-target", "--target"},
            paramLabel = "<target>",
            description = "replaces the target of the file; an SQL condition or the name of a macro")
    private String target;

    @Option(
            names = {"-name", "--name"},
            paramLabel = "<name>",
            description = "replaces the name of the file")
    private String name;

    @Option(
            names = {"-validfrom", "--validfrom"},
            paramLabel = "<time>",
            defaultValue = "now",
            description = "RFC 3339, or now, which is a minute ago (default: now)")
    private String validFrom;

    @Option(
            names = {"-expireafter", "--expireafter"},
            paramLabel = "<duration>",
            defaultValue = "30m",
            description = "how long after validfrom (default: 30m)")
    private String expireAfter;

    @Option(
            names = {"-s", "-addsignature", "--addsignature"},
            description = "keep dates and signatures of the file, and add one signature")
    private boolean addSignature;

    @Option(
            names = {"-p", "--p"},
            description = "print the signed action before it is launched")
    private boolean print;

    @Option(
            names = {"-nolaunch", "--nolaunch"},
            description = "print the signed action, and do not launch it")
    private boolean noLaunch;

    @Option(
            names = {"-urlencode", "--urlencode"},
            description = "also print the action URL-encoded, on one line")
    private boolean urlEncode;

    @Option(
            names = {"-o", "--o"},
            paramLabel = "<file>",
            description = "write the signed action to this file")
    private Path output;

    @Option(
            names = {"-dryrun", "--dryrun"},
            description = "only count the agents that the target selects now")
    private boolean dryRun;

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

    @Override
    public Integer call() throws Exception {
        if (input == null) {
            throw new ParameterException(spec.commandLine(), "missing option -i <file>");
        }
        ClientConf client = ClientConf.load(conf == null ? ClientConf.defaultPath(environment) : conf, environment);
        Action draft = draft(client);
        ActionSigner signer = new SigningKeys(client, environment).signer();
        MigClient api = ApiConnection.open(client, signer, "generator-" + Version.of(Main.class), line -> {});
        if (dryRun) {
            int agents = api.agentsByTarget(draft.target()).size();
            out.println(agents + (agents == 1 ? " agent" : " agents") + " would get this action");
            return ExitCode.SUCCESS;
        }
        Action signed = sign(draft, signer, api);
        signed.validate(clock.instant());
        warnAboutOldAgents(signed);
        show(signed);
        if (!noLaunch) {
            out.println("Successfully launched action " + api.launch(signed).id());
        }
        return ExitCode.SUCCESS;
    }

    private Action draft(ClientConf client) throws Exception {
        Action action = ActionFile.read(input, System.in);
        if (addSignature && (target != null || name != null)) {
            throw new ParameterException(
                    spec.commandLine(), "-addsignature keeps the file as it is: -t and -name do not go with it");
        }
        Target macros = new Target(client.macros());
        String expression = macros.expand(target == null ? action.target() : target);
        return addSignature ? action : action.withTarget(expression).withName(name == null ? action.name() : name);
    }

    private Action sign(Action draft, ActionSigner signer, MigClient api) throws SigningException, RejectedException {
        if (addSignature) {
            return ActionSignatures.sign(draft.withSyntaxVersion(Action.SYNTAX_VERSION), signer);
        }
        try {
            Instant from =
                    validFrom.equals("now") ? clock.instant().minus(ActionLauncher.BACKDATE) : Times.parse(validFrom);
            Duration window = GoDuration.parse(expireAfter);
            return new ActionLauncher(api, signer, clock).sign(draft, from, window);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void warnAboutOldAgents(Action action) {
        if (!CanonicalForm.C19.of(action).equals(CanonicalForm.C15.of(action))) {
            System.err.println("warning: agents of the original that were built before 2017 will refuse this action:"
                    + " it contains numbers that they print in another way");
        }
    }

    private void show(Action signed) throws java.io.IOException {
        if (output != null) {
            Files.writeString(output, MigJson.pretty(signed) + System.lineSeparator());
        }
        if (print || noLaunch && output == null) {
            out.println(MigJson.pretty(signed));
        }
        if (urlEncode) {
            out.println(URLEncoder.encode(MigJson.text(signed), StandardCharsets.UTF_8));
        }
    }
}
