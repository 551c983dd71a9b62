package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** A dialog of one line: the value of the module's only flag, or nothing. */
final class ValueDialog implements ModuleDialog {
    private final ModuleFlags flags;
    private final String name;
    private Optional<JsonNode> parameters = Optional.empty();
    private boolean over;

    ValueDialog(ModuleFlags flags) {
        this.flags = flags;
        this.name = flags.names().get(0);
    }

    @Override
    public String prompt() {
        return name + "> ";
    }

    @Override
    public List<String> enter(String line) {
        String value = line.strip();
        if (value.equals(HELP)) {
            return (flags.flagsHelp("") + "  an empty line or done     without it")
                    .lines()
                    .toList();
        }
        if (value.equals(CANCEL)) {
            over = true;
            return List.of();
        }
        try {
            parameters = Optional.of(
                    flags.parse(value.isEmpty() || value.equals(DONE) ? List.of() : List.of("-" + name + "=" + value)));
            over = true;
            return List.of();
        } catch (InvalidParametersException e) {
            return WordDialog.refused(e.getMessage());
        }
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public Optional<JsonNode> parameters() {
        return parameters;
    }

    @Override
    public List<String> names() {
        return flags.names();
    }

    @Override
    public List<String> words() {
        return List.of(DONE, HELP, CANCEL);
    }
}
