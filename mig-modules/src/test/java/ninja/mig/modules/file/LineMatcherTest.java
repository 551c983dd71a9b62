package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.regex.Expressions;
import org.junit.jupiter.api.Test;

/** Lines, cut out of a stream and matched. */
class LineMatcherTest {
    private static final int PIECE = LineCutter.LONGEST_PIECE;

    private static Check.Content content(String value, boolean mismatch) throws InvalidParametersException {
        return Check.content(value, mismatch, new Expressions(1));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** @param sizes how many bytes come at once, if there is room for them */
    private static LineMatcher matched(List<Check.Content> checks, boolean everyLine, byte[] bytes, IntSupplier sizes) {
        LineMatcher matcher = new LineMatcher(checks, everyLine, new boolean[checks.size()]);
        LineCutter lines = new LineCutter();
        lines.begin();
        int at = 0;
        do {
            int n = Math.min(bytes.length - at, Math.min(sizes.getAsInt(), lines.room()));
            System.arraycopy(bytes, at, lines.bytes(), lines.from(), n);
            at += n;
            lines.cut(n, at == bytes.length, (line, start, end) -> matcher.accept(line, start, end, false));
            lines.advance();
        } while (at < bytes.length);
        return matcher;
    }

    private static LineMatcher matched(List<Check.Content> checks, byte[] bytes) {
        return matched(checks, false, bytes, () -> Integer.MAX_VALUE);
    }

    @Test
    void findsTheSameHoweverTheContentIsCut() throws Exception {
        Random random = new Random(5);
        List<Check.Content> checks =
                new ArrayList<>(List.of(content("^ab$", false), content("!^c", false), content("b\u00e9", true)));
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i >= 0; i--) {
                text.append(
                        List.of("a", "b", "c", "\n", "\r\n", "\u00e9", "ab\n").get(random.nextInt(7)));
            }
            byte[] bytes = utf8(text.toString());
            boolean everyLine = random.nextInt(4) == 0;
            LineMatcher whole = matched(checks, everyLine, bytes, () -> Integer.MAX_VALUE);
            LineMatcher cut = matched(checks, everyLine, bytes, () -> 1 + random.nextInt(4));
            for (int i = 0; i < checks.size(); i++) {
                assertEquals(whole.verdict(i, true), cut.verdict(i, true), text.toString());
            }
        }
    }

    /** Around the ends of blocks, and with lines that go on over several. */
    @Test
    void findsALineWhereverItLies() throws Exception {
        Random random = new Random(6);
        List<Check.Content> checks = List.of(content("^a needle in .*hay$", false), content("^stack$", false));
        for (int round = 0; round < 300; round++) {
            byte[] bytes = new byte[random.nextInt(4 * LineCutter.BLOCK) + 100];
            Arrays.fill(bytes, (byte) 'x');
            for (int i = random.nextInt(4) * random.nextInt(500); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = '\n';
            }
            byte[] line =
                    utf8("\na needle in " + "-".repeat(random.nextInt(3) * random.nextInt(40_000)) + "hay\r\nstack");
            if (bytes.length >= line.length) {
                boolean atEnd = random.nextBoolean();
                int at = atEnd ? bytes.length - line.length : random.nextInt(bytes.length - line.length + 1);
                System.arraycopy(line, 0, bytes, at, line.length);
                int after = at + line.length;
                boolean ends = after == bytes.length || bytes[after] == '\n';
                LineMatcher matcher = matched(
                        checks, false, bytes, random.nextBoolean() ? () -> 1 + random.nextInt(70_000) : () -> 65_536);
                assertEquals(Verdict.TRUE, matcher.verdict(0, true), "at " + at + " of " + bytes.length);
                assertEquals(Verdict.of(ends), matcher.verdict(1, true), "at " + at + " of " + bytes.length);
            }
        }
    }

    @Test
    void looksAtLinesLongerThanAPiece() throws Exception {
        byte[] line = new byte[PIECE - 3 + 15];
        Arrays.fill(line, (byte) 'x');
        System.arraycopy(utf8("needle and more"), 0, line, PIECE - 3, 15);

        assertEquals(
                Verdict.TRUE, matched(List.of(content("needle", false)), line).verdict(0, true));
    }

    @Test
    void takesEachPieceOfALongLineAsALine() throws Exception {
        byte[] line = new byte[2 * PIECE];
        Arrays.fill(line, (byte) 'x');
        line[PIECE - 1] = 'e';
        line[PIECE - LineCutter.OVERLAP] = 'b';
        line[line.length - 1] = '\n';
        LineMatcher matcher =
                matched(List.of(content("e$", false), content("^b", false), content("^x+$", false)), line);

        assertEquals(Verdict.TRUE, matcher.verdict(0, true));
        assertEquals(Verdict.TRUE, matcher.verdict(1, true));
        assertEquals(Verdict.TRUE, matcher.verdict(2, true));
    }

    /** The pieces that the lines of a content are, by the rule of the documentation. */
    private static List<String> pieces(byte[] bytes) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            while (end - start > PIECE) {
                pieces.add(start + "-" + (start + PIECE));
                start += PIECE - LineCutter.OVERLAP;
            }
            pieces.add(start + "-" + end);
            start = end + 1;
        }
        return pieces;
    }

    @Test
    void cutsLongLinesWhereTheyAreToBeCut() {
        Random random = new Random(8);
        for (int length :
                List.of(PIECE - 1, PIECE, PIECE + 1, PIECE + 65_536, PIECE + 65_537, 3 * PIECE, 3 * PIECE - 8192)) {
            byte[] bytes = new byte[length + 100];
            Arrays.fill(bytes, (byte) 'x');
            bytes[40] = '\n';
            bytes[41 + length] = '\n';
            List<String> pieces = new ArrayList<>();
            LineCutter lines = new LineCutter();
            lines.begin();
            for (int at = 0; at < bytes.length; ) {
                int n = Math.min(bytes.length - at, Math.min(1 + random.nextInt(90_000), lines.room()));
                System.arraycopy(bytes, at, lines.bytes(), lines.from(), n);
                int origin = at - lines.from();
                at += n;
                lines.cut(n, at == bytes.length, (block, from, to) -> {
                    for (int start = from; start < to; ) {
                        int end = start;
                        while (end < to && block[end] != '\n') {
                            end++;
                        }
                        pieces.add((origin + start) + "-" + (origin + end));
                        start = end + 1;
                    }
                });
                lines.advance();
            }

            assertEquals(pieces(bytes), pieces, "a line of " + length);
        }
    }

    @Test
    void holdsAllChecksAgainstEveryLine() throws Exception {
        List<Check.Content> checks = List.of(content("^ssh-", false), content("!mallory", false));
        assertEquals(Verdict.TRUE, everyLine(checks, "ssh-rsa alice\r\nssh-rsa bob"));
        assertEquals(Verdict.FALSE, everyLine(checks, "ssh-rsa alice\n\n"));
        assertEquals(Verdict.FALSE, everyLine(checks, "ssh-rsa alice\nssh-rsa mallory\n"));
        assertEquals(Verdict.FALSE, everyLine(checks, ""));
        assertEquals(Verdict.TRUE, everyLine(checks.subList(1, 2), ""));
    }

    private static Verdict everyLine(List<Check.Content> checks, String text) {
        return matched(checks, true, utf8(text), () -> Integer.MAX_VALUE).verdict(0, true);
    }
}
