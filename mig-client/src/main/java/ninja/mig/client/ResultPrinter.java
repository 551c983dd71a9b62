package ninja.mig.client;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.modules.Module;
import ninja.mig.modules.Modules;

/** Prints what agents found: results on one stream, everything else on another, so that results can be piped. */
public final class ResultPrinter {
    private final PrintStream results;
    private final PrintStream remarks;
    private final Colours colours;
    private final MigClient.Show show;
    private final Map<CommandStatus, List<String>> notAnswered = new EnumMap<>(CommandStatus.class);
    private int agents;

    public ResultPrinter(PrintStream results, PrintStream remarks, Colours colours, MigClient.Show show) {
        this.results = results;
        this.remarks = remarks;
        this.colours = colours;
        this.show = show;
    }

    /** Prints one agent's answer, each line behind its name. */
    public void print(Command command) {
        agents++;
        String agent = Text.printable(command.agent().name());
        if (command.status() != CommandStatus.SUCCESS && show != MigClient.Show.FOUND) {
            remarks.println(agent + " command did not succeed. status=" + command.status());
        }
        List<Operation> operations = command.action().operations();
        for (int i = 0; i < command.results().size(); i++) {
            print(
                    agent,
                    i,
                    i < operations.size() ? Optional.of(operations.get(i)) : Optional.empty(),
                    command.results().get(i));
        }
        if (show == MigClient.Show.NOTFOUND) {
            results.println(agent + " command " + command.status());
        }
    }

    private void print(String agent, int index, Optional<Operation> operation, ModuleResult result) {
        boolean foundOnly = show == MigClient.Show.FOUND;
        if (operation.isEmpty()) {
            remark(agent, "[error] operation " + index + " did not return results");
            return;
        }
        String name = operation.get().module();
        Optional<Module<?>> module = Modules.installed().byName(name);
        if (module.isEmpty()) {
            remark(agent, "[error] unknown module '" + Text.printable(name) + "'");
            printErrors(agent, result);
            return;
        }
        for (String line : module.get().print(result, foundOnly)) {
            results.println(agent + " " + Text.printable(line));
        }
    }

    private void printErrors(String agent, ModuleResult result) {
        for (String error : result.errors()) {
            remark(agent, Text.printable(error));
        }
    }

    private void remark(String agent, String text) {
        if (show != MigClient.Show.FOUND) {
            remarks.println(agent + " " + text);
        }
    }

    /** Notes a command whose agent gave no answer that is shown. */
    public void missed(Command command) {
        notAnswered
                .computeIfAbsent(command.status(), s -> new ArrayList<>())
                .add(Text.printable(command.agent().name()));
    }

    /** The last lines: how many agents have results, and which did not answer. */
    public void summarize() {
        String what = show == MigClient.Show.ALL ? "" : show.name().toLowerCase(java.util.Locale.ROOT) + " ";
        remarks.println(colours.red(agents + (agents > 1 ? " agents have " : " agent has ") + what + "results"));
        notAnswered.forEach((status, names) -> {
            String word = status == CommandStatus.SENT ? "inflight" : status.word();
            remarks.println(colours.magenta(word + ": " + String.join(", ", names)));
        });
    }

    /** How many agents' answers were printed. */
    public int agents() {
        return agents;
    }
}
