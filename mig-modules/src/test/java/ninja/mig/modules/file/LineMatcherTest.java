package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineMatcherTest {
    @Test
    void findsTheSameHoweverTheContentIsCut() throws Exception {
        Random random = new Random(5);
        List<Check.Content> checks = new ArrayList<>(
                List.of(Check.content("^ab$", false), Check.content("!^c", false), Check.content("b\u00e9", true)));
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i >= 0; i--) {
                text.append(
                        List.of("a", "b", "c", "\n", "\r\n", "\u00e9", "ab\n").get(random.nextInt(7)));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            boolean everyLine = random.nextInt(4) == 0;
            LineMatcher whole = new LineMatcher(checks, everyLine);
            whole.accept(bytes, bytes.length);
            whole.end();
            LineMatcher cut = new LineMatcher(checks, everyLine);
            for (int at = 0; at < bytes.length; ) {
                int n = Math.min(bytes.length - at, 1 + random.nextInt(4));
                cut.accept(java.util.Arrays.copyOfRange(bytes, at, at + n), n);
                at += n;
            }
            cut.end();
            for (int i = 0; i < checks.size(); i++) {
                assertEquals(whole.verdict(i, true), cut.verdict(i, true), text.toString());
            }
        }
    }

    @Test
    void looksAtLinesLongerThanAPiece() throws Exception {
        LineMatcher matcher = new LineMatcher(List.of(Check.content("needle", false)), false);
        byte[] filler = new byte[LineMatcher.LONGEST_PIECE - 3];
        java.util.Arrays.fill(filler, (byte) 'x');
        matcher.accept(filler, filler.length);
        byte[] rest = "needle and more".getBytes(StandardCharsets.UTF_8);
        matcher.accept(rest, rest.length);
        matcher.end();

        assertEquals(Verdict.TRUE, matcher.verdict(0, true));
    }

    @Test
    void takesEachPieceOfALongLineAsALine() throws Exception {
        byte[] line = new byte[2 * LineMatcher.LONGEST_PIECE];
        java.util.Arrays.fill(line, (byte) 'x');
        line[LineMatcher.LONGEST_PIECE - 1] = 'e';
        line[LineMatcher.LONGEST_PIECE - LineMatcher.OVERLAP] = 'b';
        line[line.length - 1] = '\n';
        LineMatcher matcher = new LineMatcher(
                List.of(Check.content("e$", false), Check.content("^b", false), Check.content("^x+$", false)), false);
        matcher.accept(line, line.length);
        matcher.end();

        assertEquals(Verdict.TRUE, matcher.verdict(0, true));
        assertEquals(Verdict.TRUE, matcher.verdict(1, true));
        assertEquals(Verdict.TRUE, matcher.verdict(2, true));
    }

    @Test
    void holdsAllChecksAgainstEveryLine() throws Exception {
        List<Check.Content> checks = List.of(Check.content("^ssh-", false), Check.content("!mallory", false));
        assertEquals(Verdict.TRUE, everyLine(checks, "ssh-rsa alice\r\nssh-rsa bob"));
        assertEquals(Verdict.FALSE, everyLine(checks, "ssh-rsa alice\n\n"));
        assertEquals(Verdict.FALSE, everyLine(checks, "ssh-rsa alice\nssh-rsa mallory\n"));
        assertEquals(Verdict.FALSE, everyLine(checks, ""));
        assertEquals(Verdict.TRUE, everyLine(checks.subList(1, 2), ""));
    }

    private static Verdict everyLine(List<Check.Content> checks, String text) {
        LineMatcher matcher = new LineMatcher(checks, true);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        matcher.accept(bytes, bytes.length);
        matcher.end();
        return matcher.verdict(0, true);
    }
}
