package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** A dialog about searches by label. A search that is there already is replaced only when its successor is done. */
final class SearchDialog implements ModuleDialog {
    private static final String SEARCHES = "searches";

    private final ModuleFlags flags;
    private final List<String> usual;
    private final ObjectNode searches = JsonNodeFactory.instance.objectNode();
    private String label = "";
    private boolean askedToReplace;
    private Optional<WordDialog> search = Optional.empty();
    private Optional<JsonNode> parameters = Optional.empty();
    private boolean over;

    SearchDialog(ModuleFlags flags, List<String> usual) {
        this.flags = flags;
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
        String entry = line.strip();
        if (askedToReplace) {
            askedToReplace = false;
            if (entry.equals("y")) {
                begin();
            }
            return List.of();
        }
        switch (entry) {
            case "":
                return List.of();
            case HELP:
                return List.of(
                        "A label names a search; what can be searched for is asked next. Of several searches each is alone.",
                        "  %-24s end".formatted(DONE),
                        "  %-24s end, and forget what was entered".formatted(CANCEL));
            case CANCEL:
                over = true;
                return List.of();
            case DONE:
                return done();
            default:
                return label(entry);
        }
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

    private List<String> label(String entry) {
        try {
            flags.check(build(entry, usual));
        } catch (InvalidParametersException e) {
            return WordDialog.refused(e.getMessage());
        }
        label = entry;
        if (searches.has(label)) {
            askedToReplace = true;
        } else {
            begin();
        }
        return List.of();
    }

    private void begin() {
        String name = label;
        String prompt = "search '" + Printable.line(name) + "'> ";
        search = Optional.of(new WordDialog(prompt, flags, words -> build(name, words), usual));
    }

    /** The one search of these words, under a label. */
    private JsonNode build(String name, List<String> words) throws InvalidParametersException {
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        made.putObject(SEARCHES)
                .set(name, flags.build(words).get(SEARCHES).elements().next());
        return made;
    }

    private List<String> done() {
        if (searches.isEmpty()) {
            return WordDialog.refused("no search was entered; " + CANCEL + " ends without one");
        }
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        made.set(SEARCHES, searches);
        parameters = Optional.of(made);
        over = true;
        return List.of();
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
        return search.isPresent() ? search.get().words() : List.of(DONE, HELP, CANCEL);
    }
}
