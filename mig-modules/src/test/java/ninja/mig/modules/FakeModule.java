package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import ninja.mig.model.ModuleResult;

/** A module without parameters that prints nothing; a test says what it does. */
abstract class FakeModule implements Module<String> {
    @Override
    public String name() {
        return "fake";
    }

    @Override
    public String description() {
        return "does what a test wants";
    }

    @Override
    public String bind(JsonNode parameters) {
        return "";
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        return List.of();
    }
}
