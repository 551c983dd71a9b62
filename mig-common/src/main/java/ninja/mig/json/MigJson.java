package ninja.mig.json;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.regex.Pattern;
import ninja.mig.model.GoNumber;
import ninja.mig.model.MigId;
import ninja.mig.model.Times;

/**
 * Reads and writes MIG's documents. Reading is strict where two parsers could disagree: a name given twice, two spellings
 * of one member, text after the end, a string for a number. Member names match without regard to case, unknown members
 * are ignored, invalid UTF-8 becomes U+FFFD. Writing is compact, with whole numbers without a point, {@code null} for
 * empty lists, and times as {@link Times} prints them.
 */
public final class MigJson {
    static final int MAX_DEPTH = 512;
    static final int MAX_STRING = 10 * 1024 * 1024;
    static final int MAX_NUMBER = 400;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING)
                    .maxNameLength(MAX_STRING)
                    .maxNumberLength(MAX_NUMBER)
                    .build())
            .build();

    private static final int LONGEST_REASON = 1000;

    private MigJson() {}

    /** What binds documents to their classes, which takes long to set up: trees do without. */
    private static final class Mapper {
        private static final JsonMapper MAPPER = mapper();

        /** With its package, which means nothing to who reads the message. */
        private static final Pattern CLASS_NAME =
                Pattern.compile("`?\\b(?:[a-z][a-z0-9]{0,30}\\.){1,8}([A-Z][A-Za-z0-9.$]{0,100})(?:<[^`]{0,200}>)?`?");
    }

    /**
     * Reads one document.
     *
     * @throws MalformedJsonException if the bytes are not such a document; the message names the place
     */
    public static <T> T read(byte[] json, Class<T> type) throws MalformedJsonException {
        return read(Utf8.decode(json), type);
    }

    /** As {@link #read(byte[], Class)}. */
    public static <T> T read(String json, Class<T> type) throws MalformedJsonException {
        return bind(tree(json), type);
    }

    /** Reads any JSON value, with the same strictness. Names inside are data: they are compared exactly. */
    public static JsonNode tree(byte[] json) throws MalformedJsonException {
        return tree(Utf8.decode(json));
    }

    /** As {@link #tree(byte[])}. */
    public static JsonNode tree(String json) throws MalformedJsonException {
        try (JsonParser parser = FACTORY.createParser(Surrogates.repair(json))) {
            return new JsonTree(parser).read();
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new MalformedJsonException("not JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Turns a tree into a document.
     *
     * @throws MalformedJsonException if a member has the wrong type or is there in two spellings
     */
    public static <T> T bind(JsonNode tree, Class<T> type) throws MalformedJsonException {
        JsonTree.checkSpellings(tree);
        if (!tree.isObject() && !JsonNode.class.isAssignableFrom(type)) {
            throw new MalformedJsonException("expected a JSON object, found " + JsonTree.kind(tree));
        }
        try {
            return Mapper.MAPPER.treeToValue(tree, type);
        } catch (JsonMappingException e) {
            throw new MalformedJsonException(path(e) + WrongType.of(e, tree).orElseGet(() -> reason(e)), e);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new MalformedJsonException(e.getMessage(), e);
        }
    }

    /**
     * Refuses an object with two spellings of one member, here or below; inside data such as parameters they are different
     * names.
     */
    public static void checkSpellings(JsonNode tree) throws MalformedJsonException {
        JsonTree.checkSpellings(tree);
    }

    /** What a value is, in the words of refusals, such as {@code a list}. */
    public static String kind(JsonNode value) {
        return JsonTree.kind(value);
    }

    /** Writes the tree, compact, in UTF-8, as it goes. The stream stays open. */
    public static void writeTree(OutputStream out, JsonNode tree) throws IOException {
        try (JsonGenerator generator = FACTORY.createGenerator(out, JsonEncoding.UTF8)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            JsonTree.write(tree, generator);
        }
    }

    /** The document, compact, in UTF-8. */
    public static byte[] bytes(Object document) {
        try {
            return Mapper.MAPPER.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "cannot write " + document.getClass().getSimpleName(), e);
        }
    }

    /** Writes the document, compact, in UTF-8, as it goes: it never is in memory as a whole. The stream stays open. */
    public static void write(OutputStream out, Object document) throws IOException {
        Mapper.MAPPER.writer().without(JsonGenerator.Feature.AUTO_CLOSE_TARGET).writeValue(out, document);
    }

    /** The document, compact. */
    public static String text(Object document) {
        try {
            return Mapper.MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "cannot write " + document.getClass().getSimpleName(), e);
        }
    }

    /** The document for people: indented by two blanks. */
    public static String pretty(Object document) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                .withArrayIndenter(new DefaultIndenter("  ", "\n"));
        try {
            return Mapper.MAPPER.writer(printer).writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "cannot write " + document.getClass().getSimpleName(), e);
        }
    }

    /** The document as a tree. */
    public static JsonNode toTree(Object document) {
        return Mapper.MAPPER.valueToTree(document);
    }

    private static JsonMapper mapper() {
        SimpleModule module = new SimpleModule("mig");
        module.addSerializer(Instant.class, new InstantWriter());
        module.addDeserializer(Instant.class, new InstantReader());
        module.addDeserializer(long.class, new CountReader());
        module.addSerializer(Double.class, new DoubleWriter());
        module.addSerializer(double.class, new DoubleWriter());
        module.setSerializerModifier(new NullForEmptyLists());
        JsonMapper mapper = JsonMapper.builder(FACTORY)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .withCoercionConfig(
                        LogicalType.Textual, c -> c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .addModule(module)
                .build();
        mapper.setNodeFactory(JsonTree.NODES);
        return mapper;
    }

    static MalformedJsonException malformed(JsonProcessingException e) {
        return new MalformedJsonException("not JSON: " + where(e) + plain(e.getOriginalMessage()), e);
    }

    /** Without what only the library's authors know. */
    private static String plain(String text) {
        return text.replaceFirst("(?s) \\(start marker at .*", "")
                .replaceFirst(", from `?StreamRead\\w+[^)]*\\)`?", "");
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : "line " + e.getLocation().getLineNr() + " column "
                        + e.getLocation().getColumnNr() + ": ";
    }

    private static String path(JsonMappingException e) {
        StringBuilder out = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                out.append('[').append(step.getIndex()).append(']');
            } else {
                out.append(out.length() == 0 ? "" : ".").append(step.getFieldName());
            }
        }
        return out.length() == 0 ? "" : "member '" + out + "': ";
    }

    private static String reason(JsonMappingException e) {
        Throwable cause = e.getCause();
        String text = cause instanceof IllegalArgumentException ? cause.getMessage() : e.getOriginalMessage();
        int internals = text.indexOf(" (for ");
        String meant = text.substring(0, Math.min(internals < 0 ? text.length() : internals, LONGEST_REASON));
        return Mapper.CLASS_NAME.matcher(meant).replaceAll("$1");
    }

    private static final class InstantWriter extends JsonSerializer<Instant> {
        @Override
        public void serialize(Instant time, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(Times.format(time));
        }
    }

    private static final class InstantReader extends JsonDeserializer<Instant> {
        @Override
        public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (!in.currentToken().isScalarValue() || in.currentToken().isNumeric()) {
                throw context.weirdStringException(in.getText(), Instant.class, "a time is a string");
            }
            try {
                return Times.parse(in.getText());
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(in, e.getMessage(), e);
            }
        }
    }

    /** Counts may be written as any number that is whole: programs of the original print {@code 1.5e+06}. */
    private static final class CountReader extends JsonDeserializer<Long> {
        @Override
        public Long deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (!in.currentToken().isNumeric()) {
                throw MismatchedInputException.from(in, long.class, "expected a whole number");
            }
            double number = in.getDoubleValue();
            if (number != Math.rint(number) || Math.abs(number) > MigId.MAX) {
                throw JsonMappingException.from(in, "'" + in.getText() + "' is not a whole number");
            }
            return (long) number;
        }

        @Override
        public Long getNullValue(DeserializationContext context) {
            return 0L;
        }
    }

    private static final class DoubleWriter extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(GoNumber.E_FORM.print(value));
        }
    }

    /** An empty list of a document is written as {@code null}, unless its member is left out when empty. */
    private static final class NullForEmptyLists extends BeanSerializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonSerializer<?> modifyCollectionSerializer(
                SerializationConfig config, CollectionType type, BeanDescription bean, JsonSerializer<?> serializer) {
            return new NullForEmpty(serializer);
        }
    }

    private static final class NullForEmpty extends JsonSerializer<Collection<?>>
            implements com.fasterxml.jackson.databind.ser.ContextualSerializer {
        private final JsonSerializer<Object> elements;

        @SuppressWarnings("unchecked")
        NullForEmpty(JsonSerializer<?> elements) {
            this.elements = (JsonSerializer<Object>) elements;
        }

        @Override
        public JsonSerializer<?> createContextual(
                SerializerProvider provider, com.fasterxml.jackson.databind.BeanProperty property)
                throws JsonMappingException {
            return new NullForEmpty(provider.handleSecondaryContextualization(elements, property));
        }

        @Override
        public boolean isEmpty(SerializerProvider provider, Collection<?> value) {
            return value.isEmpty();
        }

        @Override
        public void serialize(Collection<?> value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (value.isEmpty()) {
                out.writeNull();
            } else {
                elements.serialize(value, out, provider);
            }
        }
    }
}
