package ninja.mig.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.client.ActionFollower;
import ninja.mig.client.ActionLauncher;
import ninja.mig.client.ApiException;
import ninja.mig.client.Colours;
import ninja.mig.client.MigClient;
import ninja.mig.client.ResultPrinter;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.Operation;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SigningException;

/** Two questions in one signed action, to every agent that is online. */
final class FirstInvestigation {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String TARGET = "status='online' AND mode='daemon'";

    private static final String ACCOUNTS = """
            {"searches": {"accounts": {
               "description": "where accounts are kept",
               "paths": ["/etc"],
               "names": ["^passwd$"],
               "options": {"matchall": true}}}}
            """;
    private static final String ROOT_LINE = """
            {"searches": {"root": {
               "description": "files that name root's home, with their checksums",
               "paths": ["/etc"],
               "names": ["^passwd-?$"],
               "contents": ["^root:.*:/root:"],
               "options": {"matchall": true, "maxdepth": 1, "returnsha256": true}}}}
            """;

    private final MigClient client;
    private final ActionSigner signer;
    private final Clock clock;

    FirstInvestigation(MigClient client, ActionSigner signer, Clock clock) {
        this.client = client;
        this.signer = signer;
        this.clock = clock;
    }

    /** What is asked, for people; one line for each operation. */
    static List<String> questions() {
        return List.of(
                "which files below /etc are called passwd?",
                "which of /etc/passwd and /etc/passwd- name root's home, and what are their SHA-256 checksums?");
    }

    /** @return the action as it landed */
    Action launchAndFollow() throws ApiException, SigningException, RejectedException, InterruptedException {
        Action draft = Action.draft(
                "quickstart: where accounts are kept",
                TARGET,
                clock.instant(),
                clock.instant().plus(LIFE),
                List.of(new Operation("file", tree(ACCOUNTS)), new Operation("file", tree(ROOT_LINE))));
        Action launched = new ActionLauncher(client, signer, clock).launch(draft, LIFE);
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new ActionFollower(client, nowhere, false, clock).follow(launched.id());
    }

    private static JsonNode tree(String json) {
        try {
            return MigJson.tree(json);
        } catch (MalformedJsonException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The agents' answers, as the client {@code mig} prints them. */
    List<String> results(Action action) throws IOException, ApiException {
        List<Command> commands = new ArrayList<>();
        client.eachCommand(action.id(), MigClient.Show.ALL, commands::add);
        if (commands.isEmpty()) {
            throw new IOException("no agent has answered");
        }
        for (Command command : commands) {
            if (command.status() != CommandStatus.SUCCESS) {
                throw new IOException("the agent on " + command.agent().name() + " answered '" + command.status()
                        + "': " + command.results());
            }
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        PrintStream to = new PrintStream(lines, true, StandardCharsets.UTF_8);
        ResultPrinter printer = new ResultPrinter(to, to, Colours.OFF, MigClient.Show.FOUND);
        commands.forEach(printer::print);
        return lines.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Writes the signed action for the verifier. */
    static Path save(Action action, Path file) throws IOException {
        return Files.writeString(file, MigJson.text(action) + "\n");
    }
}
