package ninja.mig.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the members of one JSON object lie in its text. One pass checks the text as strictly as {@link MigJson} does and
 * keeps none of it, so that parts of a large document can go from file to file in little memory. Invalid UTF-8 is refused.
 */
public final class JsonOutline {
    /** Of all objects that are open at one place of the text: each name must be compared with those before it. */
    static final int MAX_NAMES = 50_000;

    private static final int MAX_NAME = 64 * 1024;

    /** A member that is a string; strings further inside may be as long as elsewhere. */
    private static final int MAX_SCALAR = 1 << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // each name would stay in memory
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MigJson.MAX_DEPTH)
                    .maxStringLength(MAX_SCALAR)
                    .maxNameLength(MAX_NAME)
                    .maxNumberLength(MigJson.MAX_NUMBER)
                    .build())
            .build();

    private final Source source;
    private final Map<String, Member> members;

    /** Where the text is; it must be the same each time. */
    @FunctionalInterface
    public interface Source {
        InputStream open() throws IOException;
    }

    /** What a value is. */
    public enum Kind {
        OBJECT,
        ARRAY,
        STRING,
        NUMBER,
        BOOLEAN,
        NULL
    }

    /**
     * A member's value.
     *
     * @param start of its text, in UTF-16 units from the beginning
     * @param end behind its last one
     * @param count how many values it has, if it is an array, else 0
     * @param kinds what these are
     */
    public record Member(Kind kind, long start, long end, int count, Set<Kind> kinds) {}

    private JsonOutline(Source source, Map<String, Member> members) {
        this.source = source;
        this.members = members;
    }

    /**
     * Checks one document.
     *
     * @param depth how deep it may be nested, at most 512
     * @throws MalformedJsonException if it is no JSON object, or breaks a rule
     */
    public static JsonOutline of(Source source, int depth) throws IOException, MalformedJsonException {
        try (Reader text = text(source);
                JsonParser parser = FACTORY.createParser(text)) {
            return new JsonOutline(source, new Scan(parser, depth).members());
        } catch (CharacterCodingException e) {
            throw new MalformedJsonException("not JSON: it is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw MigJson.malformed(e);
        }
    }

    /** Java's readers refuse what is not UTF-8 if they are given a decoder, and replace it if not. */
    private static Reader text(Source source) throws IOException {
        return new InputStreamReader(source.open(), UTF_8.newDecoder());
    }

    /** The members by their names in lower case, in the order of the text. */
    public Map<String, Member> members() {
        return members;
    }

    /** A member by its name in lower case. */
    public Optional<Member> member(String name) {
        return Optional.ofNullable(members.get(name));
    }

    /**
     * Copies a part of the text.
     *
     * @param start a place that a {@link Member} names
     * @param end behind the last unit
     */
    public void copy(long start, long end, Writer out) throws IOException {
        char[] buffer = new char[8192];
        try (Reader in = text(source)) {
            long skipped = in.skip(start);
            for (long left = end - start; left > 0; ) {
                int n = skipped < start ? -1 : in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) {
                    throw new EOFException("the text has become shorter");
                }
                out.write(buffer, 0, n);
                left -= n;
            }
        }
    }

    /** One pass through a text. */
    private static final class Scan {
        private final JsonParser parser;
        private final int depth;
        private final Deque<Set<Long>> open = new ArrayDeque<>();
        private int names;
        private long stringStart = -1;

        Scan(JsonParser parser, int depth) {
            this.parser = parser;
            this.depth = depth;
        }

        Map<String, Member> members() throws IOException {
            if (parser.nextToken() == null) {
                throw refused("unexpected end of JSON input");
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw refused("expected a JSON object, found "
                        + kind(parser.currentToken()).name().toLowerCase(Locale.ROOT));
            }
            open.push(new HashSet<>());
            Map<String, Member> members = new LinkedHashMap<>();
            while (next() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                add(name);
                next();
                Member member = member();
                if (members.put(name.toLowerCase(Locale.ROOT), member) != null) {
                    throw refused("member '" + name + "' is there in two spellings");
                }
            }
            if (parser.nextToken() != null) {
                throw refused("there is text after the end of the document");
            }
            return Collections.unmodifiableMap(members);
        }

        private Member member() throws IOException {
            Kind kind = kind(parser.currentToken());
            long start = parser.currentTokenLocation().getCharOffset();
            Set<Kind> kinds = EnumSet.noneOf(Kind.class);
            int count = 0;
            if (parser.currentToken().isScalarValue()) {
                scalar();
                parser.finishToken();
            } else {
                int outside = open.size();
                enter();
                while (open.size() > outside) {
                    JsonToken token = next();
                    if (kind == Kind.ARRAY && open.size() == outside + 1 && !token.isStructEnd()) {
                        kinds.add(kind(token));
                        count++;
                    }
                    step(token);
                }
            }
            return new Member(kind, start, parser.currentLocation().getCharOffset(), count, kinds);
        }

        private void step(JsonToken token) throws IOException {
            if (token.isStructStart()) {
                enter();
            } else if (token.isStructEnd()) {
                names -= open.pop().size();
            } else if (token == JsonToken.FIELD_NAME) {
                add(parser.currentName());
            } else {
                scalar();
            }
        }

        private void enter() throws IOException {
            open.push(new HashSet<>(2));
            if (open.size() > depth) {
                throw refused("it is nested deeper than " + depth);
            }
        }

        /** The text of a string is skipped, and its length known when the next token begins. */
        private JsonToken next() throws IOException {
            JsonToken token = parser.nextToken();
            if (stringStart >= 0 && parser.currentTokenLocation().getCharOffset() - stringStart > MigJson.MAX_STRING) {
                throw refused("a string is longer than " + MigJson.MAX_STRING);
            }
            stringStart = token == JsonToken.VALUE_STRING
                    ? parser.currentTokenLocation().getCharOffset()
                    : -1;
            return token;
        }

        private void scalar() throws IOException {
            if (parser.currentToken().isNumeric() && Double.isInfinite(Double.parseDouble(parser.getText()))) {
                throw refused("the number " + parser.getText() + " is out of range");
            }
        }

        private void add(String name) throws IOException {
            if (!open.element().add(hash(name))) {
                throw refused("the name '" + name + "' is given twice");
            }
            if (++names > MAX_NAMES) {
                throw refused("more than " + MAX_NAMES + " names in objects that are open at once");
            }
        }

        /** Of 64 bits, which differ for all names but those that somebody chose to be alike. */
        private static long hash(String name) {
            long hash = name.length();
            for (int i = 0; i < name.length(); i++) {
                hash = (hash ^ name.charAt(i)) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 32;
            }
            return hash;
        }

        private JsonParseException refused(String reason) {
            return new JsonParseException(parser, reason);
        }

        private static Kind kind(JsonToken token) {
            return switch (token) {
                case START_OBJECT -> Kind.OBJECT;
                case START_ARRAY -> Kind.ARRAY;
                case VALUE_STRING -> Kind.STRING;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Kind.NUMBER;
                case VALUE_TRUE, VALUE_FALSE -> Kind.BOOLEAN;
                default -> Kind.NULL;
            };
        }
    }
}
