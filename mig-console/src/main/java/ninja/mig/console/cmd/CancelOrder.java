package ninja.mig.console.cmd;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import ninja.mig.client.ActionFollower;
import ninja.mig.client.ApiConnection;
import ninja.mig.client.ApiException;
import ninja.mig.client.ClientConf;
import ninja.mig.client.ExitCode;
import ninja.mig.client.MigClient;
import ninja.mig.client.SigningKeys;
import ninja.mig.client.Text;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.SigningException;
import ninja.mig.runtime.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mig cancel <action id>}: shows the action, asks, and ends it before its time. */
@Command(
        name = "mig cancel",
        description = "Cancels an action that you have signed, or any if you are an administrator.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "Commands that are in an agent's queue or running already cannot be stopped.",
            "",
            "exit codes: 0 cancelled, 1 usage, 2 nobody to ask, 3 configuration or key, 4 API unreachable or refused,",
            "            5 the action is over already, 130 not wanted after all"
        })
final class CancelOrder implements Callable<Integer> {
    static final String WORD = "cancel";

    private static final int CONFLICT = 409;

    /** Who is asked before something is cancelled. */
    interface Person {
        /** What they say; nothing if nobody is there. */
        Optional<String> answer(String question) throws IOException;
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<action id>", description = "the action")
    private String id;

    @Option(names = "-c", paramLabel = "<path>", description = "configuration (default: $MIGRC, else ~/.migrc)")
    private Path conf;

    @Option(names = "-y", description = "do not ask")
    private boolean yes;

    @Option(
            names = {"-json", "--json"},
            description = "print the cancelled action as JSON")
    private boolean json;

    @Option(names = "-v", description = "show each request and answer")
    private boolean verbose;

    private final Map<String, String> environment;
    private final Person person;
    private final PrintStream out;
    private final PrintStream err;

    CancelOrder(Map<String, String> environment, Person person, PrintStream out, PrintStream err) {
        this.environment = environment;
        this.person = person;
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws Exception {
        MigId action = id();
        MigClient client = client();
        Action now = client.action(action);
        if (now.status() != null && now.status().isFinal()) {
            return over(now);
        }
        if (!yes && !isWanted(now)) {
            err.println("nothing was cancelled");
            return ExitCode.INTERRUPTED;
        }
        try {
            report(client.cancel(action));
            return ExitCode.SUCCESS;
        } catch (ApiException e) {
            if (e.status() != CONFLICT) {
                throw e;
            }
            return over(client.action(action));
        }
    }

    private MigId id() {
        try {
            return MigId.parse(id);
        } catch (NumberFormatException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private MigClient client() throws SigningException {
        ClientConf client = ClientConf.load(conf == null ? ClientConf.defaultPath(environment) : conf, environment);
        return ApiConnection.open(
                client,
                new SigningKeys(client, environment).signer(),
                "cmd-" + Version.of(CancelOrder.class),
                verbose ? err::println : line -> {});
    }

    private int over(Action action) {
        err.println("error: action " + action.id() + " cannot be cancelled: it is " + action.status() + " already");
        return ExitCode.ACTION;
    }

    private boolean isWanted(Action action) throws IOException, RejectedException {
        err.println("action   " + action.id() + " '" + Text.printable(action.name()) + "'");
        err.println("target   " + Text.printable(action.target()));
        err.println("signers  "
                + Text.printable(
                        action.investigators().stream().map(Investigator::name).collect(Collectors.joining(", "))));
        err.println("status   " + action.status() + ", " + ActionFollower.counters(action.counters()));
        String answer = person.answer("cancel it? (y/n) ")
                .orElseThrow(() -> new RejectedException("nobody is here to confirm it: cancel with -y"));
        return answer.strip().equals("y");
    }

    private void report(MigClient.Cancelled cancelled) {
        Action action = cancelled.action();
        if (json) {
            out.println(MigJson.pretty(cancelled));
            return;
        }
        out.println("action " + action.id() + " is cancelled");
        if (action.counters().sent() > 0) {
            err.println(ActionFollower.counters(action.counters()));
        }
        if (!cancelled.note().isEmpty()) {
            err.println(Text.printable(cancelled.note()));
        }
    }
}
