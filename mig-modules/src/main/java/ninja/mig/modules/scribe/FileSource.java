package ninja.mig.modules.scribe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Regex;
import ninja.mig.modules.file.FileLookup;

/** Files by path and name, and what a source makes of them. */
record FileSource(Map<String, JsonNode> searches, Reading reading) implements Source {
    /** Levels of folders. */
    private static final int DEPTH = 10;

    private static final int MOST_FILES = 1000;
    private static final int MOST_ERRORS = 30;

    /** Which one is an error of the run. */
    private static final String UNREAD = "a file could not be read to its end";

    /** Takes values out of the files that were found. */
    interface Reading {
        void read(Facts facts, Values values);
    }

    /** Parts of the name of each file. */
    static FileSource names(String label, ScribeDocument.NameDefinition definition, Variables variables)
            throws InvalidParametersException {
        Search search = new Search(definition.path(), definition.file(), variables);
        Pattern name = Regex.compile("file", search.file);
        return new FileSource(Map.of(label, search.json(Optional.empty())), (facts, values) -> {
            for (Path path : facts.files().of(label)) {
                String file = FileLookup.text(path);
                add(
                        name.matcher(file.substring(file.lastIndexOf(File.separatorChar) + 1)),
                        Optional.empty(),
                        file,
                        values);
            }
        });
    }

    /** Parts of the lines of each file. */
    static FileSource contents(String label, ScribeDocument.ContentDefinition definition, Variables variables)
            throws InvalidParametersException {
        if (!definition.importChain().isEmpty()) {
            throw new InvalidParametersException("filecontent: import-chain is not supported, files that are included"
                    + " by others are not followed; look into them with objects of their own");
        }
        Search search = new Search(definition.path(), definition.file(), variables);
        Pattern expression = Regex.compile("expression", definition.expression());
        Optional<String> concat = Optional.ofNullable(definition.concat());
        FileLines lines = new FileLines();
        return new FileSource(
                Map.of(label, search.json(Optional.of(literal(definition.expression())))), (facts, values) -> {
                    for (Path path : facts.files().of(label)) {
                        String file = FileLookup.text(path);
                        if (!lines.read(path, facts, line -> add(expression.matcher(line), concat, file, values))) {
                            values.fail(UNREAD);
                        }
                    }
                });
    }

    /** For each file, whether it has such a line. */
    static FileSource hasLine(String label, ScribeDocument.ContentDefinition definition, Variables variables)
            throws InvalidParametersException {
        Search search = new Search(definition.path(), definition.file(), variables);
        Regex.compile("expression", definition.expression());
        String with = label + " with";
        String without = label + " without";
        return new FileSource(
                Map.of(
                        with, search.json(Optional.of(literal(definition.expression()))),
                        without, search.json(Optional.of("!" + definition.expression()))),
                (facts, values) -> {
                    facts.files().of(with).forEach(file -> values.add(FileLookup.text(file), "true"));
                    facts.files().of(without).forEach(file -> values.add(FileLookup.text(file), "false"));
                });
    }

    @Override
    public void collect(Facts facts, Values values) {
        if (!facts.files().isComplete()) {
            values.fail("not all files were seen in time");
        } else if (searches.keySet().stream().anyMatch(facts.files().limited()::contains)) {
            values.fail(MOST_FILES + " files were found, there may be more");
        } else if (searches.keySet().stream().anyMatch(facts.files().unknown()::contains)) {
            values.fail(UNREAD);
        } else {
            reading.read(facts, values);
        }
    }

    /** Module file inverts expressions that begin with an exclamation mark. */
    private static String literal(String expression) {
        return expression.startsWith("!") ? "(?:" + expression + ")" : expression;
    }

    /**
     * Adds what an expression finds first: its groups, each or joined; without groups, what it has found itself.
     *
     * @return whether there is room for more
     */
    private static boolean add(Matcher matcher, Optional<String> concat, String file, Values values) {
        if (!matcher.find()) {
            return true;
        }
        if (matcher.groupCount() == 0) {
            return values.add(file, matcher.group());
        }
        List<String> groups = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
            if (matcher.group(i) != null) {
                groups.add(matcher.group(i));
            }
        }
        return concat.isPresent()
                ? values.add(file, String.join(concat.get(), groups))
                : groups.stream().allMatch(group -> values.add(file, group));
    }

    /** Where to look, with its variables filled in. */
    private static final class Search {
        private final String path;
        private final String file;

        Search(String path, String file, Variables variables) throws InvalidParametersException {
            this.path = variables.expand("path", path);
            this.file = variables.expand("file", file);
            Regex.compile("file", this.file);
        }

        JsonNode json(Optional<String> content) {
            ObjectNode search = JsonNodeFactory.instance.objectNode();
            search.putArray("paths").add(path);
            search.putArray("names").add(literal(file));
            content.ifPresent(expression -> search.putArray("contents").add(expression));
            search.putObject("options")
                    .put("matchall", true)
                    .put("maxdepth", DEPTH)
                    .put("matchlimit", MOST_FILES)
                    .put("maxerrors", MOST_ERRORS);
            return search;
        }
    }
}
