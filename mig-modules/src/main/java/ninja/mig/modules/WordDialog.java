package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A dialog in which each line is the name of a flag and its value. */
final class WordDialog implements ModuleDialog {
    /** Makes parameters of words on a command line. */
    interface Build {
        JsonNode of(List<String> words) throws InvalidParametersException;
    }

    private final String prompt;
    private final ModuleFlags flags;
    private final Build build;
    private final List<String> usual;
    private final List<String> entered = new ArrayList<>();
    private Optional<JsonNode> parameters = Optional.empty();
    private boolean over;

    WordDialog(String prompt, ModuleFlags flags, Build build, List<String> usual) {
        this.prompt = prompt;
        this.flags = flags;
        this.build = build;
        this.usual = usual;
    }

    @Override
    public String prompt() {
        return prompt;
    }

    @Override
    public List<String> enter(String line) {
        String entry = line.strip();
        switch (entry) {
            case "":
                return List.of();
            case HELP:
                return help(flags);
            case CANCEL:
                over = true;
                return List.of();
            case DONE:
                return done();
            default:
                String[] parts = entry.split("\\s+", 2);
                return add(parts[0], parts.length == 2 ? parts[1] : "");
        }
    }

    private List<String> add(String name, String value) {
        if (!flags.knows(name)) {
            return refused("'" + name + "' is not known here; help tells what is");
        }
        if (value.isEmpty() && flags.takesValue(name)) {
            return refused(name + " needs a value");
        }
        String word = "-" + name + (value.isEmpty() ? "" : "=" + value);
        List<String> words =
                Stream.of(usual, entered, List.of(word)).flatMap(List::stream).toList();
        try {
            flags.check(build.of(words));
            entered.add(word);
            return List.of();
        } catch (InvalidParametersException e) {
            return refused(e.getMessage());
        }
    }

    private List<String> done() {
        try {
            JsonNode made = build.of(entered);
            flags.check(made);
            parameters = Optional.of(made);
            over = true;
            return List.of();
        } catch (InvalidParametersException e) {
            return refused(e.getMessage());
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
        return Stream.concat(flags.names().stream(), Stream.of(DONE, HELP, CANCEL))
                .toList();
    }

    static List<String> help(ModuleFlags flags) {
        String ends = "  %-24s end%n  %-24s end, and forget what was entered".formatted(DONE, CANCEL);
        return (flags.flagsHelp("") + ends).lines().toList();
    }

    static List<String> refused(String reason) {
        return List.of("ERROR: " + Printable.line(reason.replaceFirst("^-", "")));
    }
}
