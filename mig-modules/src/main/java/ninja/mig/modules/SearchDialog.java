package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A dialog about searches by label. A search that is there already is replaced only when its successor is done. */
final class SearchDialog extends FlagDialog {
    private static final String SEARCHES = "searches";

    private final List<String> usual;
    private final ObjectNode searches = JsonNodeFactory.instance.objectNode();
    private String label = "";
    private boolean askedToReplace;
    private Optional<WordDialog> search = Optional.empty();

    SearchDialog(ModuleFlags flags, List<String> usual) {
        super(flags);
        this.usual = usual;
    }

    @Override
    public String prompt() {
        if (search.isPresent()) {
            return search.get().prompt();
        }
        return askedToReplace ? "search '" + Printable.line(label) + "' exists, replace it? (y/n)> " : "label> ";
    }

    @Override
    public List<String> enter(String line) {
        if (search.isPresent()) {
            return enter(search.get(), line);
        }
        if (askedToReplace) {
            askedToReplace = false;
            if (line.strip().equals("y")) {
                begin();
            }
            return List.of();
        }
        return super.enter(line);
    }

    private List<String> enter(WordDialog dialog, String line) {
        List<String> shown = dialog.enter(line);
        if (dialog.isOver()) {
            dialog.parameters()
                    .ifPresent(made -> searches.set(label, made.get(SEARCHES).get(label)));
            search = Optional.empty();
        }
        return shown;
    }

    @Override
    Stream<String> help() {
        return Stream.of(
                "A label names a search; what can be searched for is asked next. Of several searches each is alone.");
    }

    @Override
    void take(String entry) throws InvalidParametersException {
        if (entry.isEmpty()) {
            return;
        }
        flags().check(build(entry, usual));
        label = entry;
        if (searches.has(label)) {
            askedToReplace = true;
        } else {
            begin();
        }
    }

    private void begin() {
        String name = label;
        String prompt = "search '" + Printable.line(name) + "'> ";
        search = Optional.of(new WordDialog(prompt, flags(), words -> build(name, words), usual));
    }

    /** The one search of these words, under a label. */
    private JsonNode build(String name, List<String> words) throws InvalidParametersException {
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        made.putObject(SEARCHES)
                .set(name, flags().build(words).get(SEARCHES).elements().next());
        return made;
    }

    @Override
    JsonNode done() throws InvalidParametersException {
        if (searches.isEmpty()) {
            throw new InvalidParametersException("no search was entered; " + CANCEL + " ends without one");
        }
        return JsonNodeFactory.instance.objectNode().set(SEARCHES, searches);
    }

    @Override
    public List<String> words() {
        return search.isPresent() ? search.get().words() : ENDS;
    }
}
