package ninja.mig.modules.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.regex.BytePattern.Tuning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytePatternTest {
    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int line(String expression, String latin1) throws InvalidParametersException {
        byte[] bytes = latin1(latin1);
        return BytePattern.compile("test", expression).findLine(bytes, 0, bytes.length);
    }

    @Test
    void findsTheFirstLineThatMatches() throws Exception {
        assertEquals(4, line("b", "aaa\nabc\nabc\n"));
        assertEquals(0, line("^$", "\r\nx"));
        assertEquals(2, line("^$", "x\n\n"));
        assertEquals(-1, line("^$", "x\n"));
        assertEquals(-1, line(".*", ""));
        assertEquals(0, line(".*", "x"));
        assertEquals(2, line("^b$", "a\nb"));
        assertEquals(-1, line("a\\nb", "a\nb"));
    }

    @Test
    void lettersThatSeveralAlternativesBeginWithKeepTheirOwnCase() throws Exception {
        assertEquals(0, line("S|(?i:s)x", "sx"));
        assertEquals(0, line("Kx(?i)|k", "k"));
        assertEquals(-1, line("S|(?i:s)x", "s"));
    }

    @Test
    void leavesOutOneCarriageReturnBeforeALineFeedOrTheEnd() throws Exception {
        assertEquals(0, line("a$", "a\r\n"));
        assertEquals(0, line("a$", "a\r"));
        assertEquals(-1, line("a$", "a\r\r\n"));
        assertEquals(0, line("a\\r$", "a\r\r\n"));
        assertEquals(-1, line("a\\r", "a\r\n"));
        assertEquals(0, line("a\\rb", "a\rb"));
    }

    @Test
    void findsTheFirstLineThatDoesNotMatch() throws Exception {
        byte[] bytes = latin1("#a\r\n#b\n\nx\n#");
        assertEquals(7, BytePattern.compile("test", "^#").findOtherLine(bytes, 0, bytes.length));
        assertEquals(8, BytePattern.compile("test", "^(#.*)?$").findOtherLine(bytes, 0, bytes.length));
        assertEquals(-1, BytePattern.compile("test", "^#").findOtherLine(bytes, 0, 7));
    }

    @Test
    void takesAllAsOneText() throws Exception {
        byte[] bytes = latin1("ab\ncd\r\n");
        assertTrue(BytePattern.compile("test", "b\\nc").find(bytes, 0, bytes.length));
        assertTrue(BytePattern.compile("test", "(?m)^cd\\r$").find(bytes, 0, bytes.length));
        assertFalse(BytePattern.compile("test", "^cd").find(bytes, 0, bytes.length));
        assertTrue(BytePattern.compile("test", "^cd$").find(bytes, 3, 5));
        assertTrue(BytePattern.compile("test", "^$").find(bytes, 3, 3));
    }

    @ParameterizedTest
    @CsvSource({
        "^caf.$, caf\u00e9, true",
        "^..$, \u00e2\u0082, true",
        "^.$, \u00e2\u0082\u00ac, true",
        "^\\x{FFFD}{3}$, \u00f0\u009f\u0098, true",
        "^\\x{FFFD}{3}$, \u00ed\u00a0\u0080, true",
        "^[^a]$, \u00ff, true",
        "^[^\\x{FFFD}]$, \u00ff, false",
        "^\\W$, \u00ff, true",
        "(?i)^k$, \u00e2\u0084\u00aa, true",
        "(?i)^\\x{17f}$, S, true",
        "(?i)^\\w$, \u00c5\u00bf, true",
        "(?i)^\\x{3a9}$, \u00cf\u0089, true",
        "\\bx\\b, \u00c3\u00a9x\u00c3\u00a9, true",
        "^\\p{Greek}+$, \u00ce\u00a9\u00cf\u0089, true",
        "^\\p{^Greek}$, \u00ce\u00a9, false"
    })
    void readsBytesAsGoDecodesThem(String expression, String latin1, boolean matches) throws Exception {
        assertEquals(matches ? 0 : -1, line(expression, latin1));
    }

    /** What RE2/J accepts and this package leaves to it. */
    @ParameterizedTest
    @ValueSource(strings = {"\\x{D800}b|a", "[\\x{D83D}]|a", "(?:a(?i)*)+b|a"})
    void leavesToRe2jWhatItDoesNotUnderstand(String expression) throws Exception {
        BytePattern pattern = BytePattern.compile("test", expression);
        assertTrue(pattern.program().automaton().isEmpty());
        assertEquals(2, pattern.findLine(latin1("x\na\n"), 0, 4));
    }

    @Test
    void asksRe2jWhenStatesAreTooMany() throws Exception {
        String expression = "[ab]c?[ab]{300}c{3}$";
        BytePattern pattern = BytePattern.compile(
                "test", expression, new JudgedSets(), new Tuning(false, true, 4 * 1024, LiteralGrams.MOST));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            text.append(Integer.bitCount(i * 7919) % 2 == 0 ? 'a' : 'b');
        }
        byte[] without = latin1(text + "\n" + text + "cc\n");
        byte[] with = latin1(text + "\n" + text + "ccc\r\n");
        assertEquals(-1, pattern.findLine(without, 0, without.length));
        assertEquals(3001, pattern.findLine(with, 0, with.length));
        assertEquals(0, pattern.findOtherLine(with, 0, with.length));
    }

    @Test
    void refusesAsAllExpressionsAreRefused() {
        assertThrows(InvalidParametersException.class, () -> BytePattern.compile("contents", "(a{1000}){1000}"));
        assertThrows(InvalidParametersException.class, () -> BytePattern.compile("contents", "(?=a)"));
        assertThrows(InvalidParametersException.class, () -> BytePattern.compile("contents", ""));
    }

    @Test
    void servesSeveralThreads() throws Exception {
        BytePattern pattern = BytePattern.compile("test", "[a-c]+[0-9]{2}(x|\u00e9)\\b");
        byte[] bytes = ("abc1x\n".repeat(2000) + "c77x \n").getBytes(StandardCharsets.UTF_8);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> found = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                found.add(threads.submit(() -> pattern.findLine(bytes, 0, bytes.length)));
            }
            for (Future<Integer> line : found) {
                assertEquals(12_000, line.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The relatives of letters are looked for in some ranges only: there are none outside. */
    @Test
    void knowsWhereLettersAreThatHaveTwoCases() throws Exception {
        for (String range : List.of("\\x{3000}-\\x{9FFF}", "\\x{AC00}-\\x{F8FF}", "\\x{20000}-\\x{10FFFF}")) {
            CodeSet exact = new JudgedSets().membersOf("[" + range + "]", false);
            assertEquals(exact, new JudgedSets().membersOf("[" + range + "]", true), range);
        }
    }
}
