package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import ninja.mig.modules.InvalidParametersException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequiredTextTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "needle,needle",
                "^root:,root:",
                "a+bc*defg?,def",
                "session [0-9]{6}abc,\"session \"",
                "host[0-9]+.*needle.*5$,needle",
                "(?i)Password=[a-z],word=",
                "(?i)Pork,por",
                "abc\\.def,abc.def",
                "ab{2}cd,cd",
                "xy(alpha|bravo)_secret,_secret"
            })
    void takesTheLongestPlainRun(String expression, String expected) {
        assertEquals(expected, RequiredText.of(expression).bytes());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "abc|def",
                "[0-9]{3}",
                "(abc)",
                "(abc)?",
                "a",
                "abc(?i)def",
                "(?i-s)abc",
                "(?s-i)\\Qabc\\E",
                "\\pL+xyz",
                "\\x41bcd",
                "(abc",
                "[abc",
                "abc\\"
            })
    void takesNothingWhereInDoubt(String expression) {
        assertTrue(
                RequiredText.of(expression).isEmpty(),
                RequiredText.of(expression).toString());
    }

    @Test
    void neverHidesALineThatMatches() {
        Random random = new Random(11);
        List<String> parts = List.of(
                "a",
                "b",
                "ab",
                "ba",
                "k",
                "S",
                "\u00e9",
                "\ufffd",
                ".",
                "^",
                "$",
                "*",
                "+",
                "?",
                "{2}",
                "{0,1}",
                "(",
                ")",
                "(?:",
                "|",
                "[ab]",
                "[^a]",
                "\\w",
                "\\.",
                "\\b",
                "(?i)",
                "(?i:",
                "(?-i)",
                "\\Qa.\\E",
                "{",
                "}",
                "\\x61");
        List<String> texts = List.of(
                "a", "b", "A", "B", "k", "K", "\u212a", "s", "\u017f", "\u00e9", "\u00c9", ".", " ", "{", "ab", "\n");
        int compared = 0;
        for (int round = 0; round < 200_000; round++) {
            String expression = (random.nextInt(3) == 0 ? "(?i)" : "") + some(parts, random, 7);
            Check.Content check;
            try {
                check = Check.content(expression, false);
            } catch (InvalidParametersException e) {
                continue;
            }
            if (check.required().isEmpty()) {
                continue;
            }
            byte[] text = (some(texts, random, 12) + "\n").getBytes(StandardCharsets.UTF_8);
            if (random.nextInt(4) == 0) {
                text[random.nextInt(text.length - 1)] = (byte) 0x80;
            }
            compared++;
            assertEquals(
                    matches(new Check.Content("", "", check.regex(), RequiredText.of(""), false, false), text),
                    matches(check, text),
                    expression);
        }
        assertTrue(compared > 10_000, "compared " + compared);
    }

    private static Verdict matches(Check.Content check, byte[] text) {
        LineMatcher matcher = new LineMatcher(List.of(check), false);
        matcher.accept(text, text.length);
        matcher.end();
        return matcher.verdict(0, true);
    }

    private static String some(List<String> parts, Random random, int most) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(most); i >= 0; i--) {
            out.append(parts.get(random.nextInt(parts.size())));
        }
        return out.toString();
    }
}
