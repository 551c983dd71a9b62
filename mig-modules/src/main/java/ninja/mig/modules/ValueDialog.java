package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/** A dialog of one line: the value of the module's only flag, or nothing. */
final class ValueDialog extends FlagDialog {
    private final String name;

    ValueDialog(ModuleFlags flags) {
        super(flags);
        this.name = flags.names().get(0);
    }

    @Override
    public String prompt() {
        return name + "> ";
    }

    @Override
    Stream<String> help() {
        return Stream.concat(super.help(), Stream.of("  %-24s end without it".formatted("an empty line")));
    }

    @Override
    void take(String entry) throws InvalidParametersException {
        end(entry.isEmpty() ? done() : flags().parse(List.of("-" + name + "=" + entry)));
    }

    @Override
    JsonNode done() throws InvalidParametersException {
        return flags().parse(List.of());
    }
}
