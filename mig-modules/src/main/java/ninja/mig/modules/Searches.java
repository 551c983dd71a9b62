package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ninja.mig.modules.regex.Expressions;

/**
 * The searches of one run by label, as they were received. All are read before one is compiled, so that what they ask for
 * together can be bounded.
 */
public record Searches<S extends Searches.Received>(Map<String, S> byLabel) {
    private static final int MOST_NAMED = 5;
    private static final int LONGEST_NAMED = 64;

    /** One search. */
    public interface Received {
        /** The values under each of its keys that hold lists, in their order and with repetitions. */
        Map<String, List<String>> lists();

        /** The names of its members that no search has. */
        List<String> unknown();
    }

    /** Reads one search. */
    public interface Reader<S> {
        /** @throws InvalidParametersException if a member has the wrong type */
        S read(Members members) throws InvalidParametersException;
    }

    /** Makes one search ready to run. */
    public interface Compilation<S, C> {
        /** @throws InvalidParametersException if it asks for something that there is not; the message need not name it */
        C compile(String label, S search, Expressions expressions) throws InvalidParametersException;
    }

    /** @param rule what a label has, for refusals */
    public static <S extends Received> Searches<S> read(JsonNode searches, Pattern label, String rule, Reader<S> reader)
            throws InvalidParametersException {
        Map<String, S> received = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> search : searches.properties()) {
            if (!label.matcher(search.getKey()).matches()) {
                throw new InvalidParametersException(
                        "a label has " + rule + ", found '" + Printable.line(search.getKey()) + "'");
            }
            try {
                received.put(search.getKey(), reader.read(Parameters.members(search.getValue())));
            } catch (InvalidParametersException e) {
                throw of(search.getKey(), e);
            }
        }
        return new Searches<>(received);
    }

    /** Of all searches together, under some keys. */
    public Stream<String> values(Collection<String> keys) {
        return byLabel.values().stream()
                .flatMap(search -> keys.stream().flatMap(key -> search.lists().get(key).stream()));
    }

    /** Refusals name the search. */
    public <C> List<C> compile(Expressions expressions, Compilation<S, C> compilation)
            throws InvalidParametersException {
        List<C> compiled = new ArrayList<>(byLabel.size());
        for (Map.Entry<String, S> search : byLabel.entrySet()) {
            try {
                compiled.add(compilation.compile(search.getKey(), search.getValue(), expressions));
            } catch (InvalidParametersException e) {
                throw of(search.getKey(), e);
            }
        }
        return compiled;
    }

    private static InvalidParametersException of(String label, InvalidParametersException refusal) {
        String reason = refusal.getMessage().replaceFirst("^parameters: ", "");
        return new InvalidParametersException("search '" + label + "': " + reason, refusal);
    }

    /** A remark about a search that finds nothing since it has no condition, if some name in it may have been meant as one. */
    public static Optional<String> remark(String label, Received search, List<?> conditions) {
        return conditions.isEmpty() && !search.unknown().isEmpty()
                ? Optional.of("warning: search '" + label + "' has no condition, it finds nothing "
                        + unknown(search.unknown()))
                : Optional.empty();
    }

    /** {@code (unknown: name, maxdepth)}: the first of them, each cut. */
    public static String unknown(List<String> names) {
        String named = names.stream()
                .limit(MOST_NAMED)
                .map(name -> name.length() > LONGEST_NAMED ? name.substring(0, LONGEST_NAMED) + "..." : name)
                .map(Printable::line)
                .collect(Collectors.joining(", "));
        int others = names.size() - MOST_NAMED;
        return "(unknown: " + named + (others > 0 ? " and " + others + " others" : "") + ")";
    }

    /** The names of the members of a search, without those of its options. */
    public static List<String> members(List<String> lists) {
        return Stream.concat(Stream.of("description", "options"), lists.stream())
                .toList();
    }

    /** Everything that a search may have; the members of options behind their name and a dot. */
    public static List<String> keys(List<String> lists, Class<? extends Record> options) {
        List<String> keys = new ArrayList<>(List.of("description"));
        keys.addAll(lists);
        Parameters.keys(options).forEach(key -> keys.add("options." + key));
        return keys;
    }

    /** A search as documents have it: without a description or lists that are empty. */
    public static ObjectNode json(String description, Map<String, List<String>> lists, ObjectNode options) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (!description.isEmpty()) {
            json.put("description", description);
        }
        lists.forEach((key, values) -> {
            if (!values.isEmpty()) {
                json.set(key, array(values));
            }
        });
        return json.set("options", options);
    }

    /** A list as documents have it. */
    public static ArrayNode array(List<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode(texts.size());
        texts.forEach(array::add);
        return array;
    }
}
