package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A dialog in which each line is the name of a flag and its value. */
final class WordDialog extends FlagDialog {
    /** Makes parameters of words on a command line. */
    interface Build {
        JsonNode of(List<String> words) throws InvalidParametersException;
    }

    private final String prompt;
    private final Build build;
    private final List<String> usual;
    private final List<String> entered = new ArrayList<>();

    WordDialog(String prompt, ModuleFlags flags, Build build, List<String> usual) {
        super(flags);
        this.prompt = prompt;
        this.build = build;
        this.usual = usual;
    }

    @Override
    public String prompt() {
        return prompt;
    }

    @Override
    void take(String entry) throws InvalidParametersException {
        if (entry.isEmpty()) {
            return;
        }
        String[] parts = entry.split("\\s+", 2);
        String name = parts[0];
        String value = parts.length == 2 ? parts[1] : "";
        if (!flags().knows(name)) {
            throw new InvalidParametersException("'" + name + "' is not known here; help tells what is");
        }
        if (value.isEmpty() && flags().takesValue(name)) {
            throw new InvalidParametersException(name + " needs a value");
        }
        String word = "-" + name + (value.isEmpty() ? "" : "=" + value);
        made(Stream.of(usual, entered, List.of(word)).flatMap(List::stream).toList());
        entered.add(word);
    }

    @Override
    JsonNode done() throws InvalidParametersException {
        return made(entered);
    }

    private JsonNode made(List<String> words) throws InvalidParametersException {
        JsonNode made = build.of(words);
        flags().check(made);
        return made;
    }

    @Override
    public List<String> words() {
        return Stream.concat(names().stream(), ENDS.stream()).toList();
    }
}
