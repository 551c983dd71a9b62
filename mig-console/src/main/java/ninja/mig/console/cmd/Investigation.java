package ninja.mig.console.cmd;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import ninja.mig.client.ActionFollower;
import ninja.mig.client.ActionLauncher;
import ninja.mig.client.ApiConnection;
import ninja.mig.client.ApiException;
import ninja.mig.client.ClientConf;
import ninja.mig.client.Colours;
import ninja.mig.client.MigClient;
import ninja.mig.client.ResultPrinter;
import ninja.mig.client.ResultRows;
import ninja.mig.client.SigningKeys;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SigningException;
import ninja.mig.runtime.Tty;
import ninja.mig.runtime.Version;

/** One question to the fleet, from counting whom it reaches to printing the answers. */
final class Investigation {
    /** How results are printed. */
    enum Form {
        TEXT,
        JSON,
        NDJSON
    }

    private final MigClient client;
    private final ActionSigner signer;
    private final ActionLauncher launcher;
    private final PrintStream out;
    private final PrintStream err;
    private final Colours colours;
    private final Clock clock;

    Investigation(
            ClientConf conf,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err,
            Colours colours,
            Consumer<String> trace,
            Clock clock)
            throws SigningException {
        this.signer = new SigningKeys(conf, environment).signer();
        this.client = ApiConnection.open(conf, signer, "cmd-" + Version.of(Main.class), trace);
        this.launcher = new ActionLauncher(client, signer, clock);
        this.out = out;
        this.err = err;
        this.colours = colours;
        this.clock = clock;
    }

    void showSigned(Action action, Duration life) throws SigningException, RejectedException {
        out.println(MigJson.pretty(ActionSignatures.sign(dated(action, life, clock), signer)));
    }

    /** An action that others have signed keeps its window: it is part of what they signed. */
    static Action dated(Action action, Duration life, Clock clock) {
        if (!action.pgpSignatures().isEmpty()) {
            return action.withSyntaxVersion(Action.SYNTAX_VERSION);
        }
        var from = clock.instant().minus(ActionLauncher.BACKDATE).truncatedTo(ChronoUnit.SECONDS);
        return action.withWindow(from, from.plus(life).plus(ActionLauncher.BACKDATE))
                .withSyntaxVersion(Action.SYNTAX_VERSION);
    }

    /**
     * Says how many agents the action reaches, and counts down.
     *
     * @param yes launch at once
     * @return whether to launch
     */
    boolean confirm(Action action, boolean yes) throws ApiException, InterruptedException, RejectedException {
        List<Agent> agents = launcher.targets(action);
        if (agents.isEmpty()) {
            throw new RejectedException("no agent matches the target: " + action.target());
        }
        String count = agents.size() + (agents.size() == 1 ? " agent" : " agents") + " will be targeted. ";
        if (yes) {
            err.println(colours.yellow(count));
            return true;
        }
        if (!Tty.STDIN.isTerminal()) {
            throw new RejectedException(count + "Nobody is here to cancel: launch with -y");
        }
        err.print(colours.yellow(count));
        CountDownLatch cancelled = new CountDownLatch(1);
        Interruption.onInterrupt(cancelled::countDown);
        if (new Countdown(err).run(cancelled)) {
            return true;
        }
        err.println("cancelled");
        return false;
    }

    MigId launch(Action action, Duration life) throws ApiException, SigningException, RejectedException {
        return client.launch(ActionSignatures.sign(dated(action, life, clock), signer))
                .id();
    }

    void follow(MigId id) throws ApiException, InterruptedException {
        ActionFollower follower = new ActionFollower(client, err, Tty.STDERR.isTerminal(), clock);
        Interruption.onInterrupt(() -> {
            err.println();
            err.println(
                    "stopped following; agents may still be running action " + id + ". To end it: mig cancel " + id);
            follower.stop();
        });
        follower.follow(id);
    }

    /** Prints the results. @return how many agents have such results */
    int print(MigId id, MigClient.Show show, Form form) throws ApiException {
        if (form != Form.TEXT) {
            ResultRows rows = new ResultRows(out, form == Form.NDJSON);
            client.eachCommand(id, show, rows::print);
            return rows.end();
        }
        ResultPrinter printer = new ResultPrinter(out, err, colours, show);
        client.eachCommand(id, show, printer::print);
        if (show != MigClient.Show.ALL) {
            for (CommandStatus status : List.of(
                    CommandStatus.CANCELLED,
                    CommandStatus.EXPIRED,
                    CommandStatus.FAILED,
                    CommandStatus.TIMEOUT,
                    CommandStatus.SENT)) {
                client.eachCommand(id, status, printer::missed);
            }
        }
        printer.summarize();
        return printer.agents();
    }
}
