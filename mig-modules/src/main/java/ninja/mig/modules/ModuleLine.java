package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleMessage;
import ninja.mig.model.RejectedException;

/** Reads lines on a module's standard input from their tree: to bind them to a class takes longer than many runs. */
final class ModuleLine {
    private ModuleLine() {}

    /** @throws RejectedException if the line is no such message */
    static ModuleMessage read(byte[] line) throws RejectedException {
        JsonNode tree = MigJson.tree(line);
        MigJson.checkSpellings(tree);
        Members members = new Members("line on standard input", "", tree);
        return new ModuleMessage(members.text("class"), members.tree("parameters"));
    }
}
