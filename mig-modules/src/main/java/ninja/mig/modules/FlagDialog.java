package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What all dialogs about flags share: the words that are the same in each, and how they end. */
abstract class FlagDialog implements ModuleDialog {
    static final List<String> ENDS = List.of(DONE, HELP, CANCEL);

    private final ModuleFlags flags;
    private Optional<JsonNode> parameters = Optional.empty();
    private boolean over;

    FlagDialog(ModuleFlags flags) {
        this.flags = flags;
    }

    ModuleFlags flags() {
        return flags;
    }

    @Override
    public List<String> enter(String line) {
        String entry = line.strip();
        try {
            switch (entry) {
                case HELP:
                    return Stream.concat(help(), ends()).toList();
                case CANCEL:
                    over = true;
                    break;
                case DONE:
                    end(done());
                    break;
                default:
                    take(entry);
            }
            return List.of();
        } catch (InvalidParametersException e) {
            return List.of("ERROR: " + Printable.line(e.getMessage().replaceFirst("^-", "")));
        }
    }

    private static Stream<String> ends() {
        return Stream.of("  %-24s end".formatted(DONE), "  %-24s end, and forget what was entered".formatted(CANCEL));
    }

    /** Ends with these. */
    void end(JsonNode made) {
        parameters = Optional.of(made);
        over = true;
    }

    /** What can be entered, apart from the ends. */
    Stream<String> help() {
        return flags.flagsHelp("").lines();
    }

    /** A line that is none of the ends, without blanks around it; it may be empty. */
    abstract void take(String entry) throws InvalidParametersException;

    /** The parameters of all that was entered, checked. */
    abstract JsonNode done() throws InvalidParametersException;

    @Override
    public final boolean isOver() {
        return over;
    }

    @Override
    public final Optional<JsonNode> parameters() {
        return parameters;
    }

    @Override
    public final List<String> names() {
        return flags.names();
    }

    @Override
    public List<String> words() {
        return ENDS;
    }
}
