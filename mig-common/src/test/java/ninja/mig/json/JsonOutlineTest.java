package ninja.mig.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ninja.mig.json.JsonOutline.Kind;
import ninja.mig.json.JsonOutline.Member;
import org.junit.jupiter.api.Test;

class JsonOutlineTest {
    private static final int DEPTH = 500;

    @Test
    void findsMembersWithoutReadingThem() throws Exception {
        String text = " { \"a\" : 1.50 , \"B\":[\"x\", {\"y\":[]}, null ] ,\"c\":\"\\u00e9\u20ac\",\"d\":{\"e\":{}}"
                + ",\"f\":true,\"g\":null , \"h\":-1e5} \n";
        JsonOutline outline = outline(text);

        assertEquals(
                List.of("a", "b", "c", "d", "f", "g", "h"),
                List.copyOf(outline.members().keySet()));
        assertEquals("1.50", copy(outline, "a"));
        assertEquals("[\"x\", {\"y\":[]}, null ]", copy(outline, "b"));
        assertEquals("\"\\u00e9\u20ac\"", copy(outline, "c"));
        assertEquals("{\"e\":{}}", copy(outline, "d"));
        assertEquals("true", copy(outline, "f"));
        assertEquals("null", copy(outline, "g"));
        assertEquals("-1e5", copy(outline, "h"));
        Member array = outline.member("b").orElseThrow();
        assertEquals(Kind.ARRAY, array.kind());
        assertEquals(3, array.count());
        assertEquals(Set.of(Kind.STRING, Kind.OBJECT, Kind.NULL), array.kinds());
    }

    @Test
    void findsTheSamePlacesInLargeTexts() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 10; round++) {
            Map<String, String> members = IntStream.range(0, 20)
                    .boxed()
                    .collect(Collectors.toMap(i -> "name" + i, i -> value(random, 3), (a, b) -> a));
            String text = members.entrySet().stream()
                    .map(e -> blanks(random) + "\"" + e.getKey() + "\"" + blanks(random) + ":" + blanks(random)
                            + e.getValue() + blanks(random))
                    .collect(Collectors.joining(",", "{", "}"));
            JsonOutline outline = outline(text);

            assertEquals(members.keySet(), outline.members().keySet());
            for (Map.Entry<String, String> member : members.entrySet()) {
                assertEquals(member.getValue(), copy(outline, member.getKey()));
            }
        }
    }

    private static String value(Random random, int depth) {
        switch (random.nextInt(depth == 0 ? 4 : 6)) {
            case 0:
                return Integer.toString(random.nextInt());
            case 1:
                return random.nextBoolean() ? "true" : "null";
            case 2, 3:
                return "\"" + "\u00e4\u20ac\ud83d\ude00x\\\"\\u0041".repeat(random.nextInt(500)) + "\"";
            case 4:
                return IntStream.range(0, random.nextInt(5))
                        .mapToObj(i -> value(random, depth - 1) + blanks(random))
                        .collect(Collectors.joining("," + blanks(random), "[", "]"));
            default:
                return IntStream.range(0, random.nextInt(5))
                        .mapToObj(i -> "\"" + i + "\":" + value(random, depth - 1))
                        .collect(Collectors.joining(",", "{" + blanks(random), "}"));
        }
    }

    private static String blanks(Random random) {
        return " \n".repeat(random.nextInt(3));
    }

    @Test
    void refusesWhatMigJsonRefuses() {
        String deep = "[".repeat(512) + "]".repeat(512);
        for (String text : List.of(
                "",
                "{",
                "{}{}",
                "{} x",
                "{\"a\":1,}",
                "{\"a\"}",
                "{'a':1}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":{\"b\":1,\"b\":2}}",
                "{\"a\":[{\"\\u0062\":1,\"b\":2}]}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":1e999}",
                "{\"a\":[1e999]}",
                "{\"a\":" + "1".repeat(401) + "}",
                "{\"a\":\"\t\"}",
                "{\"a\":[\"\\x\"]}",
                "{\"a\":[\"\0\"]}",
                "{\"a\":[tru]}",
                "{\"a\":[\"" + "x".repeat(MigJson.MAX_STRING + 1) + "\"]}",
                "{\"a\":" + deep + "}")) {
            assertThrows(
                    MalformedJsonException.class,
                    () -> MigJson.tree(text),
                    text.substring(0, Math.min(99, text.length())));
            refuse("", text);
        }
    }

    @Test
    void refusesWhatOnlyALargeDocumentWouldHide() throws Exception {
        refuse("expected a JSON object, found array", "[]");
        refuse("member 'A' is there in two spellings", "{\"a\":1,\"A\":2}");
        refuse("surrogate", "{\"a\":{\"\\ud800\":1,\"\\ud801\":2}}");
        refuse("nested deeper than 500", "{\"a\":" + "[".repeat(500) + "]".repeat(500) + "}");
        outline("{\"a\":" + "[".repeat(499) + "]".repeat(499) + "}");
        refuse(
                "more than 50000 names",
                IntStream.range(0, 50_001)
                        .mapToObj(i -> "\"" + i + "\":0")
                        .collect(Collectors.joining(",", "{\"a\":{", "}}")));
        outline("{\"a\":[" + "{\"b\":0},".repeat(60_000) + "{}]}");
    }

    @Test
    void refusesOtherEncodings() {
        assertRefused("not UTF-8", new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'});
        assertRefused("not UTF-8", new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xc3});
        assertRefused("", "{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE));
        assertRefused("", "{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_16));
    }

    /** A stream that is never there as a whole: twenty million characters. */
    @Test
    void keepsNothingOfWhatItReads() throws Exception {
        byte[] element = ("{\"file\":\"" + "x".repeat(1 << 16) + "\"},").getBytes(UTF_8);
        JsonOutline outline = JsonOutline.of(() -> new Repeated("{\"a\":[", element, 300, "0]}"), DEPTH);

        Member member = outline.member("a").orElseThrow();
        assertEquals(301, member.count());
        assertEquals(element.length * 300L + 3, member.end() - member.start());
    }

    @Test
    void noticesATextThatBecameShorter() throws Exception {
        byte[] whole = "{\"a\":[1,2,3]}".getBytes(UTF_8);
        int[] length = {whole.length};
        JsonOutline outline = JsonOutline.of(() -> new ByteArrayInputStream(whole, 0, length[0]), DEPTH);
        length[0] = 8;

        assertThrows(IOException.class, () -> copy(outline, "a"));
        length[0] = 2;
        assertThrows(IOException.class, () -> copy(outline, "a"));
    }

    private static final class Repeated extends InputStream {
        private final byte[] start;
        private final byte[] element;
        private final long elements;
        private final byte[] end;
        private long at;

        Repeated(String start, byte[] element, int times, String end) {
            this.start = start.getBytes(UTF_8);
            this.element = element;
            this.elements = (long) element.length * times;
            this.end = end.getBytes(UTF_8);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            long inside = at - start.length;
            byte[] from = inside < 0 ? start : inside < elements ? element : end;
            long position = inside < 0 ? at : inside < elements ? inside % element.length : inside - elements;
            int n = (int) Math.min(length, from.length - position);
            if (n == 0) {
                return -1;
            }
            System.arraycopy(from, (int) position, buffer, offset, n);
            at += n;
            return n;
        }
    }

    private static void refuse(String reason, String text) {
        assertRefused(reason, text.getBytes(UTF_8));
    }

    private static void assertRefused(String reason, byte[] text) {
        String message = assertThrows(
                        MalformedJsonException.class,
                        () -> JsonOutline.of(() -> new ByteArrayInputStream(text), DEPTH),
                        () -> new String(text, 0, Math.min(text.length, 99), UTF_8))
                .getMessage();
        assertTrue(message.contains(reason), message);
    }

    private static JsonOutline outline(String text) throws Exception {
        return JsonOutline.of(() -> new ByteArrayInputStream(text.getBytes(UTF_8)), DEPTH);
    }

    private static String copy(JsonOutline outline, String name) throws IOException {
        Member member = outline.member(name).orElseThrow();
        StringWriter out = new StringWriter();
        outline.copy(member.start(), member.end(), out);
        return out.toString();
    }
}
