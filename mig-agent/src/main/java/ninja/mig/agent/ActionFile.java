package ninja.mig.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleProcess;
import ninja.mig.modules.Modules;
import ninja.mig.modules.Printable;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;

/**
 * An action from a file, run by whoever sits at the endpoint: in this process, one operation after the other, without a
 * look at dates or signatures. It serves those who write actions.
 */
final class ActionFile {
    private ActionFile() {}

    /** @return the exit status: 0 if the file could be read, whatever its operations gave */
    static int run(Path file, boolean readable, Set<String> available, PrintStream out, PrintStream err) {
        Action action;
        try {
            action = MigJson.read(Files.readAllBytes(file), Action.class);
        } catch (MalformedJsonException e) {
            err.println("[error] " + file + " is not an action: " + e.getMessage());
            return Main.FATAL;
        } catch (IOException e) {
            err.println("[error] " + file + " cannot be read: " + Reason.of(e));
            return Main.FATAL;
        }
        if (action.operations().isEmpty()) {
            err.println("[error] " + file + " is not an action: it has no operations");
            return Main.FATAL;
        }
        ArrayNode results = JsonNodeFactory.instance.arrayNode();
        for (Operation operation : action.operations()) {
            Optional<Module<?>> module = available.contains(operation.module())
                    ? Modules.installed().byName(operation.module())
                    : Optional.empty();
            ModuleResult result = module.map(
                            m -> ModuleProcess.result(m, operation.parameters(), RunContext.unlimited()))
                    .orElseGet(() -> new Outcome.Unavailable(operation.module()).result());
            if (readable) {
                out.println(Printable.line("operation '" + operation.module() + "'"));
                result.errors().forEach(error -> out.println(line(error)));
                module.ifPresent(m -> m.print(result, true).forEach(out::println));
            } else {
                results.add(MigJson.toTree(result));
            }
        }
        if (!readable) {
            out.println(MigJson.pretty(results));
        }
        out.flush();
        return Main.OK;
    }

    /** Most texts say what they are. */
    private static String line(String error) {
        return Printable.line(error.startsWith("ERROR: ") || error.startsWith("warning: ") ? error : "ERROR: " + error);
    }
}
