package ninja.mig.modules.scribe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.file.FileLookup;

/**
 * A document, checked.
 *
 * @param sources of the objects, by their ids
 * @param tests by their ids, as in the document
 * @param order the ids of the tests, each after those that it depends on
 * @param files looks for the files of all objects; empty if there are none
 * @param parameters as received
 */
record Policy(
        Map<String, Source> sources,
        Map<String, Test> tests,
        List<String> order,
        Optional<FileLookup> files,
        ScribeParameters parameters) {
    private static final int MOST_OBJECTS = 1000;
    private static final int MOST_TESTS = 10_000;
    private static final int LONGEST_ID = 256;

    /** A test, ready to judge. */
    record Test(ScribeDocument.TestDefinition definition, Evaluator evaluator) {}

    /** Something that can be refused, with its name before the reason. */
    private interface Checked<T> {
        T get() throws InvalidParametersException;
    }

    static Policy bind(JsonNode json) throws InvalidParametersException {
        ScribeParameters parameters = Parameters.bind(json, ScribeParameters.class);
        ScribeDocument document = parameters.document();
        if (document == null) {
            throw new InvalidParametersException("scribedoc: a document is needed");
        }
        if (document.objects().size() > MOST_OBJECTS || document.tests().size() > MOST_TESTS) {
            throw new InvalidParametersException(
                    "scribedoc: more than " + MOST_OBJECTS + " objects or " + MOST_TESTS + " tests");
        }
        Map<String, Source> sources = sources(document);
        Map<String, Test> tests = tests(document, sources);
        return new Policy(sources, tests, Dependencies.order(document.tests()), lookup(sources), parameters);
    }

    private static Map<String, Source> sources(ScribeDocument document) throws InvalidParametersException {
        Variables variables = new Variables(document.variables());
        Map<String, Source> sources = new LinkedHashMap<>();
        for (ScribeDocument.ObjectDefinition object : document.objects()) {
            checkId("object", object.object());
            String label = "object " + sources.size();
            Source source = named("object '" + object.object() + "'", () -> source(label, object, variables));
            if (sources.put(object.object(), source) != null) {
                throw new InvalidParametersException("object '" + object.object() + "' is there twice");
            }
        }
        return sources;
    }

    private static Source source(String label, ScribeDocument.ObjectDefinition object, Variables variables)
            throws InvalidParametersException {
        List<Source> sources = new ArrayList<>();
        if (object.pkg() != null) {
            sources.add(PackageSource.of(object.pkg(), variables));
        }
        if (object.fileContent() != null) {
            sources.add(FileSource.contents(label, object.fileContent(), variables));
        }
        if (object.fileName() != null) {
            sources.add(FileSource.names(label, object.fileName(), variables));
        }
        if (object.raw() != null) {
            sources.add(new RawSource(object.raw().identifiers()));
        }
        if (object.hasLine() != null) {
            sources.add(FileSource.hasLine(label, object.hasLine(), variables));
        }
        if (sources.size() != 1) {
            throw new InvalidParametersException(
                    "exactly one of package, filecontent, filename, raw, hasline is needed");
        }
        return sources.get(0);
    }

    private static Map<String, Test> tests(ScribeDocument document, Map<String, Source> sources)
            throws InvalidParametersException {
        Map<String, Test> tests = new LinkedHashMap<>();
        for (ScribeDocument.TestDefinition test : document.tests()) {
            checkId("test", test.test());
            String name = "test '" + test.test() + "'";
            if (!sources.containsKey(test.object())) {
                throw new InvalidParametersException(name + ": there is no object '" + test.object() + "'");
            }
            for (ScribeDocument.Tag tag : test.tags()) {
                if (tag.key().indexOf('"') >= 0 || tag.value().indexOf('"') >= 0) {
                    throw new InvalidParametersException(name + ": tags must not contain double quotes");
                }
            }
            Evaluator evaluator = named(name, () -> Evaluator.of(test));
            if (tests.put(test.test(), new Test(test, evaluator)) != null) {
                throw new InvalidParametersException(name + " is there twice");
            }
        }
        return tests;
    }

    private static void checkId(String kind, String id) throws InvalidParametersException {
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            throw new InvalidParametersException(
                    "every " + kind + " needs an identifier of 1 to " + LONGEST_ID + " characters");
        }
    }

    private static Optional<FileLookup> lookup(Map<String, Source> sources) throws InvalidParametersException {
        Map<String, JsonNode> searches = new LinkedHashMap<>();
        for (Map.Entry<String, Source> source : sources.entrySet()) {
            Map<String, JsonNode> own = source.getValue().searches();
            searches.putAll(own);
            // Each for itself first: a refusal shall name the object.
            if (!own.isEmpty()) {
                named("object '" + source.getKey() + "'", () -> fileLookup(own));
            }
        }
        return searches.isEmpty() ? Optional.empty() : Optional.of(fileLookup(searches));
    }

    private static FileLookup fileLookup(Map<String, JsonNode> searches) throws InvalidParametersException {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.putObject("searches").setAll(searches);
        return new FileLookup(document);
    }

    private static <T> T named(String name, Checked<T> checked) throws InvalidParametersException {
        try {
            return checked.get();
        } catch (InvalidParametersException e) {
            throw new InvalidParametersException(name + ": " + e.getMessage(), e);
        }
    }
}
