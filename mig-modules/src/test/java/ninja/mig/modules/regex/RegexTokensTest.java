package ninja.mig.modules.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.StringJoiner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegexTokensTest {
    /** What a character may be stands between less and greater, a repetition as its least and most. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "(a|b)            ~ ( <a> | <b> )",
                "(?P<n>(?<m>(?:(?i-s:(?i)(?i ~ (?P<n> (?<m> (?: (?i-s: (?i) (?i",
                "a*b+?c{2}d{3,}?{4,5} ~ <a> {0,-1} <b> {1,-1} <c> {2,2} <d> {3,-1} {4,5}",
                "a{,2}{01}        ~ <a> <{> <,> <2> <}> <{> <0> <1> <}>",
                ".^$\\A\\z\\b\\B  ~ . ^ $ \\A \\z \\b \\B",
                "\\Qa|\\E\\Q\\E*\\Q(\\\\E😀\\Q[ ~ <a> <|> {0,-1} <(> <\\> <😀> <[>",
                "\\x41\\x{00000000041}\\101\\0\\t\\*\\é ~ <A> <A> <A> <\0> <\t> <*> <é>",
                "\\pLu\\p{Lu}\\d+ ~ <\\pL> <u> <\\p{Lu}> <\\d> {1,-1}",
                "[]a-c-]x         ~ <]a-c-> <x>",
                "[^^\\]\\d-f]x    ~ <^]\\d-f> <x>",
                "[[:alpha:]--f]x  ~ <[:alpha:]--f> <x>",
                "[+-[:b]:]        ~ <+-[:b> <:> <]>",
                "[[:b]x           ~ <[:b> <x>",
                "[\\x41-\\x{43}-] ~ <A-C->",
                "\\q\\x4\\x{110000} ~ <\\q> <\\x> <4> <\\x{110000}>",
                "[a-              ~ <a->",
                "\\               ~ <\\>",
            })
    void readsAsRe2j(String expression, String parts) {
        StringJoiner read = new StringJoiner(" ");
        RegexTokens tokens = new RegexTokens(expression);
        while (tokens.next()) {
            read.add(
                    switch (tokens.kind()) {
                        case CHARACTER -> characters(tokens);
                        case REPETITION -> "{" + tokens.least() + "," + tokens.most() + "}";
                        default -> tokens.text();
                    });
        }
        assertEquals(parts, read.toString());
    }

    private static String characters(RegexTokens tokens) {
        StringBuilder text = new StringBuilder("<");
        for (RegexTokens.Member member : tokens.members()) {
            if (!member.isRange()) {
                text.append(member.text());
            } else if (member.from() == member.to()) {
                text.appendCodePoint(member.from());
            } else {
                text.appendCodePoint(member.from()).append('-').appendCodePoint(member.to());
            }
        }
        return text.append('>').toString();
    }
}
