package ninja.mig.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import ninja.mig.model.MigId;

/**
 * Builds a tree from tokens, strictly: no name twice, nothing after the end. Numbers are doubles, as
 * for every other program that signs or verifies actions: whole ones of up to 53 bits are kept as integers, which print
 * the same.
 */
final class JsonTree {
    /** Makes doubles that print as Go prints them. */
    static final JsonNodeFactory NODES = new JsonNodeFactory() {
        private static final long serialVersionUID = 1L;

        @Override
        public NumericNode numberNode(double value) {
            return new GoDoubleNode(value);
        }
    };

    /** Members whose names inside are data, not members of a document. */
    private static final Set<String> DATA = Set.of("parameters", "tags", "elements", "statistics");

    private final JsonParser parser;

    JsonTree(JsonParser parser) {
        this.parser = parser;
    }

    JsonNode read() throws IOException {
        if (parser.nextToken() == null) {
            throw new JsonEOFException(parser, JsonToken.NOT_AVAILABLE, "unexpected end of JSON input");
        }
        JsonNode root = value();
        if (parser.nextToken() != null) {
            throw new JsonParseException(parser, "there is text after the end of the document");
        }
        return root;
    }

    private JsonNode value() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> throw new JsonParseException(parser, "unexpected " + parser.currentToken());
        };
    }

    private ObjectNode object() throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (object.has(name)) {
                throw new JsonParseException(parser, "the name '" + name + "' is given twice");
            }
            parser.nextToken();
            object.set(name, value());
        }
        return object;
    }

    private ArrayNode array() throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value());
        }
        return array;
    }

    private JsonNode number(String literal) throws IOException {
        double value = Double.parseDouble(literal);
        if (Double.isInfinite(value)) {
            throw new JsonParseException(parser, "the number " + literal + " is out of range");
        }
        boolean integerLiteral = literal.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-');
        boolean negativeZero = value == 0 && literal.charAt(0) == '-';
        if (integerLiteral && !negativeZero && Math.abs(value) <= MigId.MAX) {
            return NODES.numberNode((long) value);
        }
        return NODES.numberNode(value);
    }

    static void write(JsonNode node, JsonGenerator out) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                out.writeStartObject();
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    out.writeFieldName(member.getKey());
                    write(member.getValue(), out);
                }
                out.writeEndObject();
            }
            case ARRAY -> {
                out.writeStartArray();
                for (JsonNode element : node) {
                    write(element, out);
                }
                out.writeEndArray();
            }
            case STRING -> out.writeString(node.textValue());
            case NUMBER -> out.writeNumber(node.asText());
            case BOOLEAN -> out.writeBoolean(node.booleanValue());
            case NULL -> out.writeNull();
            default -> throw new IllegalArgumentException("no JSON value: " + node.getNodeType());
        }
    }

    /** Refuses two spellings of one member in one object, everywhere but inside data. */
    static void checkSpellings(JsonNode tree) throws MalformedJsonException {
        if (tree.isArray()) {
            for (JsonNode element : tree) {
                checkSpellings(element);
            }
        } else if (tree.isObject()) {
            Set<String> seen = new HashSet<>();
            for (Map.Entry<String, JsonNode> member : tree.properties()) {
                String name = member.getKey().toLowerCase(Locale.ROOT);
                if (!seen.add(name)) {
                    throw new MalformedJsonException("member '" + member.getKey() + "' is there in two spellings");
                }
                if (!DATA.contains(name)) {
                    checkSpellings(member.getValue());
                }
            }
        }
    }

    /** What it is, for refusals. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case STRING -> "a text";
            case NUMBER -> "the number " + node.asText();
            case BOOLEAN -> node.asText();
            default -> "null";
        };
    }
}
