package ninja.mig.modules.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The code points that a class or a character stands for, where tables of Unicode decide: RE2/J is asked, as it has tables
 * of its own. An answer takes up to some tenths of a second, so only so many are given.
 */
final class JudgedSets {
    private static final int MOST = 8;

    /** Where letters are that have relatives in another case; none at the inner ends, where a match could run on. */
    private static final CodeSet CASED = CodeSet.of(0, 0x2FFF, 0xA000, 0xABFF, 0xF900, 0xFFFF, 0x10000, 0x1FFFF);

    private final int most;
    private final Map<String, CodeSet> answers = new HashMap<>();
    private String everything = "";
    private String cased = "";

    JudgedSets() {
        this(MOST);
    }

    JudgedSets(int most) {
        this.most = most;
    }

    /** @param text a class of Unicode */
    CodeSet membersOf(String text, boolean anyCase) throws NotUnderstoodException {
        if (everything.isEmpty()) {
            everything = inOrder(CodeSet.ALL);
        }
        return answer((anyCase ? "(?i:" : "(?:") + text + ")+", everything);
    }

    /** @param range one character or range */
    CodeSet inAnyCase(CodeSet range) throws NotUnderstoodException {
        if (range.isAscii()) {
            return range.inAnyCase();
        }
        if (cased.isEmpty()) {
            cased = inOrder(CASED);
        }
        int[] ends = range.ranges();
        return range.and(answer("(?i:[\\x{%X}-\\x{%X}])+".formatted(ends[0], ends[1]), cased));
    }

    private CodeSet answer(String expression, String texts) throws NotUnderstoodException {
        CodeSet known = answers.get(expression);
        if (known == null) {
            if (answers.size() >= most) {
                throw new NotUnderstoodException("too many classes of Unicode");
            }
            known = ask(expression, texts);
            answers.put(expression, known);
        }
        return known;
    }

    private static CodeSet ask(String expression, String text) {
        Matcher matcher = Pattern.compile(expression).matcher(text);
        int[] ranges = new int[64];
        int n = 0;
        while (matcher.find()) {
            if (n == ranges.length) {
                ranges = Arrays.copyOf(ranges, 2 * n);
            }
            ranges[n++] = text.codePointAt(matcher.start());
            ranges[n++] = text.codePointBefore(matcher.end());
        }
        return CodeSet.of(Arrays.copyOf(ranges, n));
    }

    /** Every member that text can have, in ascending order: no surrogates. */
    private static String inOrder(CodeSet set) {
        StringBuilder all = new StringBuilder();
        int[] ranges = set.ranges();
        for (int i = 0; i < ranges.length; i += 2) {
            for (int c = ranges[i]; c <= ranges[i + 1]; c++) {
                if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                    all.appendCodePoint(c);
                }
            }
        }
        return all.toString();
    }
}
