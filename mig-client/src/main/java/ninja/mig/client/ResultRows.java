package ninja.mig.client;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.modules.Module;
import ninja.mig.modules.Modules;

/** Prints results for programs: one JSON object per operation of an agent, as an array or one a line. */
public final class ResultRows {
    /** One operation of one agent. */
    private record Row(
            String agent,
            MigId agentid,
            MigId commandid,
            CommandStatus status,
            int operation,
            String module,
            boolean foundanything,
            List<String> lines,
            ModuleResult result) {}

    private final PrintStream out;
    private final boolean onePerLine;
    private int agents;
    private boolean first = true;

    /** @param onePerLine one object a line, instead of one array */
    public ResultRows(PrintStream out, boolean onePerLine) {
        this.out = out;
        this.onePerLine = onePerLine;
    }

    public void print(Command command) {
        agents++;
        List<Operation> operations = command.action().operations();
        for (int i = 0; i < command.results().size(); i++) {
            String name = i < operations.size() ? operations.get(i).module() : "";
            ModuleResult result = command.results().get(i);
            Optional<Module<?>> module = Modules.installed().byName(name);
            print(new Row(
                    command.agent().name(),
                    command.agent().id(),
                    command.id(),
                    command.status(),
                    i,
                    name,
                    result.foundAnything(),
                    module.map(m -> m.print(result, false)).orElse(List.of()),
                    result));
        }
    }

    private void print(Row row) {
        if (!onePerLine) {
            out.print(first ? "[" : ",");
        }
        out.println(MigJson.text(row));
        first = false;
    }

    /** Ends the array. @return how many agents' answers were printed */
    public int end() {
        if (!onePerLine) {
            out.println(first ? "[]" : "]");
        }
        return agents;
    }
}
