package ninja.mig.modules.regex;

import java.util.Locale;
import java.util.Map;
import ninja.mig.modules.regex.RegexTokens.Member;

/** The code points that a character or class of an expression stands for. */
final class CodeSets {
    private static final CodeSet DIGIT = CodeSet.of('0', '9');
    private static final CodeSet WORD = CodeSet.of('0', '9', 'A', 'Z', 'a', 'z', '_', '_');
    private static final Map<String, CodeSet> NAMED = Map.ofEntries(
            Map.entry("\\d", DIGIT),
            Map.entry("\\s", CodeSet.ofEach("\t\n\f\r ")),
            Map.entry("\\w", WORD),
            Map.entry("[:alnum:]", CodeSet.of('0', '9', 'A', 'Z', 'a', 'z')),
            Map.entry("[:alpha:]", CodeSet.of('A', 'Z', 'a', 'z')),
            Map.entry("[:ascii:]", CodeSet.of(0, 0x7F)),
            Map.entry("[:blank:]", CodeSet.ofEach("\t ")),
            Map.entry("[:cntrl:]", CodeSet.of(0, 0x1F, 0x7F, 0x7F)),
            Map.entry("[:digit:]", DIGIT),
            Map.entry("[:graph:]", CodeSet.of('!', '~')),
            Map.entry("[:lower:]", CodeSet.of('a', 'z')),
            Map.entry("[:print:]", CodeSet.of(' ', '~')),
            Map.entry("[:punct:]", CodeSet.of('!', '/', ':', '@', '[', '`', '{', '~')),
            Map.entry("[:space:]", CodeSet.of('\t', '\r', ' ', ' ')),
            Map.entry("[:upper:]", CodeSet.of('A', 'Z')),
            Map.entry("[:word:]", WORD),
            Map.entry("[:xdigit:]", CodeSet.of('0', '9', 'A', 'F', 'a', 'f')));

    private final JudgedSets judged;

    CodeSets(JudgedSets judged) {
        this.judged = judged;
    }

    /** @param at where they stand at a {@link RegexTokens.Kind#CHARACTER} */
    CodeSet of(RegexTokens at, boolean anyCase) throws NotUnderstoodException {
        CodeSet all = CodeSet.NONE;
        for (Member member : at.members()) {
            all = all.and(member.isRange() ? range(member, anyCase) : named(member.text(), anyCase));
        }
        return at.text().startsWith("[^") ? all.negated() : all;
    }

    private CodeSet range(Member range, boolean anyCase) throws NotUnderstoodException {
        if (isHalf(range.from()) || isHalf(range.to())) {
            throw new NotUnderstoodException("half a character");
        }
        CodeSet exact = CodeSet.of(range.from(), range.to());
        return anyCase ? judged.inAnyCase(exact) : exact;
    }

    /** RE2/J's search for literal text knows halves of characters, which decoded text never has alone. */
    private static boolean isHalf(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    private CodeSet named(String name, boolean anyCase) throws NotUnderstoodException {
        if (name.startsWith("\\p") || name.startsWith("\\P")) {
            return judged.membersOf(name, anyCase);
        }
        boolean negated = name.startsWith("[:^") || name.matches("\\\\[DSW]");
        CodeSet set = NAMED.get(negated ? name.replace("^", "").toLowerCase(Locale.ROOT) : name);
        if (set == null) {
            throw new NotUnderstoodException("class " + name);
        }
        set = anyCase ? set.inAnyCase() : set;
        return negated ? set.negated() : set;
    }
}
