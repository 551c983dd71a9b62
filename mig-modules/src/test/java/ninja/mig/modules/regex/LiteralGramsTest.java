package ninja.mig.modules.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Many literals at once, beside each alone. */
class LiteralGramsTest {
    private static final int ROUNDS = 4000;

    private final Random random = new Random(11);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** However much it takes. */
    private static int find(LiteralGrams grams, byte[] in, int from, int to) {
        Effort effort = new Effort();
        assertTrue(effort.begin(Integer.MAX_VALUE));
        return grams.find(in, from, to, effort);
    }

    private static int find(List<String> literals, String in) {
        return find(new LiteralGrams(literals.stream().map(Literal::of).toList()), bytes(in), 0, in.length());
    }

    private static String anyCase(String text) {
        StringBuilder out = new StringBuilder();
        text.toLowerCase(Locale.ROOT)
                .chars()
                .forEach(c -> out.append((char) (Character.isLetter(c) ? c | Literal.ANY_CASE : c)));
        return out.toString();
    }

    @Test
    void findTheOneThatBeginsFirst() {
        String padding = "-".repeat(1000);
        for (int shift = 0; shift < 40; shift++) {
            String in = padding + "_".repeat(shift) + "mimikatz.exe lazagne" + padding;
            int at = padding.length() + shift;
            assertEquals(at + 13, find(List.of("lazagne", "psexesvc"), in));
            assertEquals(at, find(List.of("lazagne", "mimikatz.exe"), in));
            assertEquals(at + 2, find(List.of("katz.exe lazagne", "mikatz", "lazagne"), in));
            assertEquals(at, find(List.of(anyCase("MimiKatz"), "lazagne"), in));
            assertEquals(-1, find(List.of("Mimikatz", "LAZAGNE"), in));
            assertEquals(at + 3, find(List.of("z", "i", "k"), in.replace("mim", "xxx")));
        }
    }

    @Test
    void stayBetweenTheBounds() {
        byte[] in = bytes("needle haystack needle");
        LiteralGrams grams = new LiteralGrams(List.of(Literal.of("needle"), Literal.of("stack")));

        assertEquals(0, find(grams, in, 0, 6));
        assertEquals(-1, find(grams, in, 0, 5));
        assertEquals(10, find(grams, in, 1, 15));
        assertEquals(-1, find(grams, in, 1, 14));
        assertEquals(16, find(grams, in, 11, in.length));
        assertEquals(-1, find(grams, in, 11, in.length - 1));
        assertEquals(-1, find(grams, in, 22, 22));
        assertEquals(-1, find(grams, new byte[0], 0, 0));
    }

    @Test
    void findWhatEachFindsAlone() {
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int shortest = 1 + random.nextInt(random.nextInt(4) == 0 ? 24 : 9);
            List<Literal> literals = new ArrayList<>();
            for (int i = random.nextInt(random.nextInt(8) == 0 ? 300 : 12); i >= 0; i--) {
                String text = text(shortest + random.nextInt(4));
                literals.add(Literal.of(random.nextInt(5) == 0 ? anyCase(text) : text));
            }
            byte[] in = bytes(text(random.nextInt(random.nextInt(30) == 0 ? 70_000 : 300)));
            int from = random.nextInt(in.length + 1);
            int to = from + random.nextInt(in.length - from + 1);
            int first = literals.stream()
                    .mapToInt(literal -> literal.find(in, from, to))
                    .filter(hit -> hit >= 0)
                    .min()
                    .orElse(-1);

            assertEquals(first, find(new LiteralGrams(literals), in, from, to));
            found += first >= 0 ? 1 : 0;
        }
        assertEquals(ROUNDS / 2, found, ROUNDS / 3, "about half of them shall be there");
    }

    /** Of few letters, both cases, signs that a table takes for one another, and high bytes. */
    private String text(int length) {
        String letters = "abcABC@`[{\u00e9\u00c9\u0000";
        int variety = 1 + random.nextInt(letters.length());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append(letters.charAt(random.nextInt(variety)));
        }
        return out.toString();
    }

    @Test
    void giveUpWhereEveryPlaceLooksLikeALiteral() {
        List<Literal> literals = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            literals.add(Literal.of("=".repeat(20) + "Qj" + i));
        }
        LiteralGrams grams = new LiteralGrams(literals);
        byte[] in = bytes("=".repeat(100_000));
        byte[] other = bytes("-".repeat(1_000_000) + "=".repeat(20) + "Qj7");
        List<Integer> found = new ArrayList<>();
        Effort effort = new Effort();

        assertFalse(grams.search(in, 0, in.length, effort, (literal, at) -> found.add(literal)));
        assertFalse(grams.search(other, 0, other.length, effort, (literal, at) -> found.add(literal)), "a pause");
        for (int i = 0; i < 6; i++) {
            grams.search(other, 0, other.length, effort, (literal, at) -> found.add(-1));
        }
        found.clear();
        assertTrue(grams.search(other, 0, other.length, effort, (literal, at) -> found.add(literal)));
        assertEquals(List.of(7), found);
    }

    @Test
    void takeAsManyAsAnExpressionMayHave() {
        List<Literal> literals = new ArrayList<>();
        for (int i = 0; i < LiteralGrams.MOST; i++) {
            literals.add(Literal.of(i * 7919L % LiteralGrams.MOST + " is a literal of some length"));
        }
        byte[] in = bytes("x".repeat(100_000) + "7 is a literal of some length" + "x".repeat(10));

        assertEquals(100_000, find(new LiteralGrams(literals), in, 0, in.length));
    }
}
