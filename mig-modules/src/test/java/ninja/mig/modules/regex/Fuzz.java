package ninja.mig.modules.regex;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import ninja.mig.json.Utf8;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Regex;
import ninja.mig.modules.regex.BytePattern.Tuning;

/** Compares the answers on random expressions and bytes with those of RE2/J on decoded lines. */
final class Fuzz {
    private static final int INPUTS = 6;

    /** Expressions that are looked for together. */
    private static final int AT_ONCE = 10;

    /** One of so many inputs is long. */
    private static final int PADDED = 16;

    /** What literals and automata look at in one go is a multiple of this. */
    private static final int BLOCK = 1024;

    private static final List<String> FILLERS = List.of(
            "x", "ab", "z z-", "\n", "a\n", "k7_ S\r\n", "\u00e9", "needl\nneed", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");

    private final Random random;
    private final RandomExpression expressions;
    private final JudgedSets sets;
    private final boolean unicode;
    private final List<BytePattern> patterns = new ArrayList<>();
    private final List<byte[]> texts = new ArrayList<>();
    private long compared;
    private long together;
    private long matched;
    private long refused;
    private long automata;
    private long literals;

    /** @param unicode also classes of Unicode, which take long to begin with */
    Fuzz(long seed, boolean unicode) {
        this.random = new Random(seed);
        this.expressions = new RandomExpression(random);
        this.sets = new JudgedSets(unicode ? 200 : 15);
        this.unicode = unicode;
    }

    long compared() {
        return compared;
    }

    /** Comparisons in which a line or text matched. */
    long matched() {
        return matched;
    }

    /** Comparisons with what patterns find at once. */
    long together() {
        return together;
    }

    @Override
    public String toString() {
        return "%,d comparisons (%,d of them matches), %,d of patterns together; of the expressions %,d refused, %,d with automaton, %,d with literals"
                .formatted(compared, matched, together, refused, automata, literals);
    }

    /**
     * One expression on several inputs.
     *
     * @throws AssertionError if an answer differs, with all that is needed to repeat it
     */
    void round() {
        RandomExpression.Sample sample = expressions.next(unicode);
        Tuning tuning = new Tuning(
                random.nextInt(4) > 0,
                random.nextInt(20) > 0,
                random.nextInt(3) == 0 ? 400 : Tuning.USUAL.automatonInts(),
                random.nextInt(3) == 0 ? 16 : Tuning.USUAL.grams());
        BytePattern pattern;
        try {
            pattern = BytePattern.compile("fuzz", sample.text(), sets, tuning);
        } catch (InvalidParametersException e) {
            refused++;
            return;
        }
        automata += pattern.program().automaton().isPresent() ? 1 : 0;
        literals += pattern.program().literals().isPresent() ? 1 : 0;
        Pattern judge = Pattern.compile(sample.unfactored());
        if (judge.programSize() > 3 + 2 * Regex.size(sample.text())) {
            throw new AssertionError("%s: size %d, but RE2/J makes %d instructions of it"
                    .formatted(pattern, Regex.size(sample.text()), judge.programSize()));
        }
        for (int i = 0; i < INPUTS; i++) {
            byte[] lines = expressions.lines(sample);
            compare(pattern, judge, random.nextInt(PADDED) == 0 ? padded(lines) : lines, tuning);
            texts.add(lines);
        }
        patterns.add(pattern);
        if (patterns.size() == AT_ONCE) {
            compareTogether();
            patterns.clear();
            texts.clear();
        }
    }

    /** What several patterns find at once, beside each alone. */
    private void compareTogether() {
        for (int i = 0; i < 3 * AT_ONCE; i++) {
            piece(texts.get(random.nextInt(texts.size()))).ifPresent(patterns::add);
        }
        PatternSet set = new PatternSet(patterns);
        PatternSet.Search search = set.new Search();
        for (int i = 0; i < INPUTS; i++) {
            byte[] lines = padded(texts.get(random.nextInt(texts.size())));
            int from = Lines.start(lines, 0, random.nextInt(lines.length));
            int to = from + random.nextInt(lines.length - from + 1);
            BitSet expected = new BitSet();
            search.clear();
            for (int k = 0; k < patterns.size(); k++) {
                if (set.has(k) && random.nextInt(8) > 0) {
                    search.want(k);
                    expected.set(k, patterns.get(k).findLine(lines, from, to) >= 0);
                    together++;
                }
            }
            BitSet found = new BitSet();
            if (!search.find(lines, from, to, found::set)) {
                for (int k = 0; k < patterns.size(); k++) {
                    if (search.wants(k)) {
                        found.set(k, patterns.get(k).findLine(lines, from, to) >= 0);
                    }
                }
            }
            if (!found.equals(expected)) {
                throw new AssertionError("%s of %s together on %s, alone %s"
                        .formatted(found, patterns, HexFormat.ofDelimiter(" ").formatHex(lines, from, to), expected));
            }
        }
    }

    /** An expression for something that is there. */
    private Optional<BytePattern> piece(byte[] text) {
        int length = 4 + random.nextInt(6);
        int from = random.nextInt(Math.max(1, text.length - length));
        for (int i = from; i < from + length; i++) {
            if (i >= text.length || text[i] < ' ' || text[i] == 0x7F) {
                return Optional.empty();
            }
        }
        String piece = new String(text, from, length, StandardCharsets.US_ASCII);
        try {
            return Optional.of(BytePattern.compile(
                    "fuzz", (random.nextInt(3) == 0 ? "(?i)" : "") + Pattern.quote(piece), sets, Tuning.USUAL));
        } catch (InvalidParametersException e) {
            throw new AssertionError(piece, e);
        }
    }

    /** Moved to where a block of the search ends, behind a long line or many short ones. */
    private byte[] padded(byte[] lines) {
        byte[] unit = FILLERS.get(random.nextInt(FILLERS.size())).getBytes(StandardCharsets.UTF_8);
        int boundary = BLOCK * (1 + random.nextInt(8));
        int before = Math.max(0, boundary - random.nextInt(lines.length + 10));
        int after = random.nextInt(3) == 0 ? random.nextInt(3 * BLOCK) : random.nextInt(40);
        byte[] bytes = new byte[before + lines.length + after];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = unit[i % unit.length];
        }
        System.arraycopy(lines, 0, bytes, before, lines.length);
        return bytes;
    }

    private void compare(BytePattern pattern, Pattern judge, byte[] lines, Tuning tuning) {
        int before = random.nextInt(40);
        int after = random.nextInt(40);
        byte[] bytes = new byte[before + lines.length + after];
        Arrays.fill(bytes, (byte) "ab\n\u00e9k".charAt(random.nextInt(5)));
        System.arraycopy(lines, 0, bytes, before, lines.length);
        int to = before + lines.length;

        int line = line(judge, true, lines);
        check(line < 0 ? -1 : before + line, pattern.findLine(bytes, before, to), "findLine", pattern, lines, tuning);
        int other = line(judge, false, lines);
        check(
                other < 0 ? -1 : before + other,
                pattern.findOtherLine(bytes, before, to),
                "findOtherLine",
                pattern,
                lines,
                tuning);
        boolean found = judge.matcher(Utf8.decode(lines)).find();
        check(found ? 1 : 0, pattern.find(bytes, before, to) ? 1 : 0, "find", pattern, lines, tuning);
        compared += 3;
        matched += (line >= 0 ? 1 : 0) + (other >= 0 ? 1 : 0) + (found ? 1 : 0);
    }

    /** The first line that matches, or does not: by RE2/J alone. */
    private static int line(Pattern judge, boolean matches, byte[] bytes) {
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            int textEnd = end > start && bytes[end - 1] == '\r' ? end - 1 : end;
            if (judge.matcher(Utf8.decode(bytes, start, textEnd - start)).find() == matches) {
                return start;
            }
            start = end + 1;
        }
        return -1;
    }

    private static void check(
            int expected, int answer, String method, BytePattern pattern, byte[] lines, Tuning tuning) {
        if (expected != answer) {
            throw new AssertionError("%s of %s on %s: %d, RE2/J says %d (%s)"
                    .formatted(method, pattern, HexFormat.ofDelimiter(" ").formatHex(lines), answer, expected, tuning));
        }
    }
}
