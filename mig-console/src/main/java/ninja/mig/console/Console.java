package ninja.mig.console;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.client.ActionFollower;
import ninja.mig.client.ApiException;
import ninja.mig.client.Colours;
import ninja.mig.client.MigClient;
import ninja.mig.client.ResultPrinter;
import ninja.mig.client.Text;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.model.Times;
import ninja.mig.pgp.PublicKey;

/** Takes orders, one a line, until {@code exit} or the end of input. A failed order says why, and the console goes on. */
final class Console {
    static final List<String> WORDS = List.of(
            "action",
            "agent",
            "cancel",
            "command",
            "create",
            "exit",
            "help",
            "investigator",
            "query",
            "search",
            "status");

    private static final String HELP = """
            status                    how many agents there are, and the latest actions
            action <id>               one action: details, counters, and what agents found
            cancel <id>               end an action before its time
            command <id>              one command and its results
            agent <id>                one agent
            investigator <id>         one investigator
            search <type> where <key>=<value> [and <key>=<value>]...
                                      type: action, agent, command, investigator
                                      keys: name, agentname, actionname, investigatorname, agentid, actionid, commandid,
                                      investigatorid, status, foundanything, threatfamily, after, before, limit, offset
                                      * and % stand for any text
            create investigator       register the public key of an investigator
            query <path>              any page of the API, as JSON
            exit                      end; so does ctrl+d""";

    private final MigClient client;
    private final Lines lines;
    private final PrintStream out;
    private final PrintStream errors;
    private final Colours colours;
    private final String prompt;

    /** @param quiet no prompts */
    Console(MigClient client, Lines lines, PrintStream out, PrintStream errors, Colours colours, boolean quiet) {
        this.client = client;
        this.lines = lines;
        this.out = out;
        this.errors = errors;
        this.colours = colours;
        this.prompt = quiet ? "" : colours.green("mig> ");
    }

    void run() throws IOException {
        Optional<String> line = lines.next(prompt);
        while (line.isPresent() && !line.get().strip().equals("exit")) {
            try {
                obey(line.get().strip());
            } catch (ApiException | RejectedException | IllegalArgumentException e) {
                errors.println("error: " + Text.printable(e.getMessage()));
            }
            line = lines.next(prompt);
        }
    }

    private void obey(String order) throws ApiException, RejectedException, IOException {
        if (order.isEmpty()) {
            return;
        }
        List<String> words = Arrays.asList(order.split("\\s+"));
        switch (words.get(0)) {
            case "status" -> new StatusScreen(client, out, colours).print();
            case "action" -> action(id(words));
            case "cancel" -> cancel(id(words));
            case "command" -> command(id(words));
            case "agent" -> agent(client.agent(id(words)));
            case "investigator" -> investigator(client.investigator(id(words)));
            case "search" -> search(words);
            case "create" -> create(words);
            case "query" -> query(words);
            case "help" -> out.println(HELP);
            default -> throw new IllegalArgumentException("Unknown order '" + words.get(0) + "'. Try help.");
        }
    }

    private static MigId id(List<String> words) {
        if (words.size() != 2) {
            String what = words.get(0).equals("cancel") ? "action" : words.get(0);
            throw new IllegalArgumentException("missing " + what + " id in '" + words.get(0) + " <id>'");
        }
        return MigId.parse(words.get(1));
    }

    private void action(MigId id) throws ApiException {
        Action action = client.action(id);
        out.println("Action " + action.id() + ": '" + Text.printable(action.name()) + "'");
        out.println("target     " + Text.printable(action.target()));
        out.println("status     " + action.status());
        out.println("valid      " + Times.format(action.validFrom()) + " to " + Times.format(action.expireAfter()));
        out.println("signers    "
                + Text.printable(String.join(
                        ", ",
                        action.investigators().stream().map(Investigator::name).toList())));
        out.println("operations "
                + String.join(
                        ", ",
                        action.operations().stream()
                                .map(o -> Text.printable(o.module()))
                                .toList()));
        out.println("counters   " + ActionFollower.counters(action.counters()));
        ResultPrinter printer = new ResultPrinter(out, out, colours, MigClient.Show.FOUND);
        client.eachCommand(id, MigClient.Show.FOUND, printer::print);
        printer.summarize();
    }

    private void cancel(MigId id) throws ApiException, IOException {
        Action action = client.action(id);
        out.println("Action " + id + ": '" + Text.printable(action.name()) + "', " + action.status() + ", "
                + ActionFollower.counters(action.counters()));
        String answer =
                lines.next(prompt.isEmpty() ? "" : "cancel action? (y/n)> ").orElse("");
        if (!answer.strip().equals("y")) {
            throw new IllegalArgumentException("nothing was cancelled");
        }
        MigClient.Cancelled cancelled = client.cancel(id);
        out.println("Action " + id + " is cancelled");
        if (!cancelled.note().isEmpty()) {
            out.println(Text.printable(cancelled.note()));
        }
    }

    private void command(MigId id) throws ApiException {
        Command command = client.command(id);
        out.println("Command " + command.id() + " ran on agent '"
                + Text.printable(command.agent().name()) + "' based on action '"
                + Text.printable(command.action().name()) + "'");
        out.println("status     " + command.status());
        new ResultPrinter(out, out, colours, MigClient.Show.ALL).print(command);
    }

    private void agent(Agent agent) {
        out.println("Agent " + agent.id() + " named '" + Text.printable(agent.name()) + "'");
        out.println("status     " + agent.status() + ", " + agent.mode() + ", pid " + agent.pid());
        out.println("version    " + Text.printable(agent.version()));
        out.println("last seen  " + Times.format(agent.heartbeatTime()));
        out.println("started    " + Times.format(agent.startTime()));
        out.println("location   " + Text.printable(agent.queueLoc()));
        out.println("platform   "
                + Text.printable(agent.environment().os() + " "
                        + agent.environment().arch() + " " + agent.environment().ident()));
        out.println("addresses  "
                + Text.printable(String.join(", ", agent.environment().addresses())));
        out.println("tags       "
                + (agent.tags() == null ? "none" : Text.printable(agent.tags().toString())));
    }

    private void investigator(Investigator investigator) {
        out.println("Investigator " + investigator.id() + " named '" + Text.printable(investigator.name()) + "'");
        out.println("status     " + investigator.status());
        out.println("key        " + investigator.pgpFingerprint());
        out.println("created    " + Times.format(investigator.createdAt()));
        out.println("modified   " + Times.format(investigator.lastModified()));
    }

    private void query(List<String> words) throws ApiException {
        if (words.size() != 2) {
            throw new IllegalArgumentException("usage: query <path>, such as: query search?type=agent");
        }
        String base = client.base().toString();
        String path = words.get(1).startsWith(base) ? words.get(1).substring(base.length()) : words.get(1);
        out.println(MigJson.pretty(client.get(path.replaceFirst("^/", ""))));
    }

    private void search(List<String> words) throws ApiException {
        if (words.size() < 4 || !words.get(2).equals("where")) {
            throw new IllegalArgumentException("usage: search <action|agent|command|investigator> where <key>=<value>");
        }
        String type = words.get(1);
        String query = SearchOrder.query(type, words.subList(3, words.size()));
        switch (type) {
            case "action" -> client.search(query, type, Action.class).forEach(a -> out.println(StatusScreen.row(a)));
            case "agent" -> client.search(query, type, Agent.class).forEach(this::agentRow);
            case "command" -> client.search(query, type, Command.class).forEach(this::commandRow);
            default -> client.search(query, type, Investigator.class).forEach(this::investigatorRow);
        }
    }

    private void agentRow(Agent a) {
        out.println("%-20s   %-40s   %-10s   %s"
                .formatted(a.id(), Text.printable(a.name()), a.status(), Times.format(a.heartbeatTime())));
    }

    private void commandRow(Command c) {
        out.println("%-20s   %-30s   %-30s   %s"
                .formatted(
                        c.id(),
                        StatusScreen.cut(Text.printable(c.agent().name()), 30),
                        StatusScreen.cut(Text.printable(c.action().name()), 30),
                        c.status()));
    }

    private void investigatorRow(Investigator i) {
        out.println("%-6s   %-30s   %-10s   %s"
                .formatted(i.id(), Text.printable(i.name()), i.status(), i.pgpFingerprint()));
    }

    private void create(List<String> words) throws ApiException, RejectedException, IOException {
        if (words.size() != 2 || !words.get(1).equals("investigator")) {
            throw new IllegalArgumentException("usage: create investigator");
        }
        Map<String, String> answers = new LinkedHashMap<>();
        for (String question : List.of("name", "pubkey")) {
            answers.put(
                    question,
                    lines.next(prompt.isEmpty() ? "" : question + "> ")
                            .orElse("")
                            .strip());
        }
        String name = answers.get("name");
        if (name.codePointCount(0, name.length()) < 3) {
            throw new IllegalArgumentException("a name has at least 3 characters");
        }
        Path file = Path.of(answers.get("pubkey"));
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("there is no key file '" + file + "'");
        }
        String key = Files.readString(file);
        PublicKey read = PublicKey.parse(key);
        out.println("Name: '" + Text.printable(name) + "'");
        out.println("Key:  "
                + Text.printable(read + " (" + read.algorithm() + ", "
                        + read.expires().map(e -> "expires " + Times.format(e)).orElse("never expires") + ")"));
        String answer = lines.next(prompt.isEmpty() ? "" : "create investigator? (y/n)> ")
                .orElse("");
        if (!answer.strip().equals("y")) {
            throw new IllegalArgumentException("nothing was created");
        }
        Investigator created = client.createInvestigator(name, key);
        out.println(
                "Investigator '" + Text.printable(created.name()) + "' successfully created with ID " + created.id());
    }
}
