package ninja.mig.modules.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequiredLiteralsTest {
    private static RequiredLiterals of(String expression) throws NotUnderstoodException {
        return RequiredLiterals.of(ExpressionParser.parse(expression, new JudgedSets()), LiteralGrams.MOST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "needle needle",
                "^root: root:",
                "a+bc*defg? def",
                "host[0-9]+.*needle.*5$ needle",
                "abc\\.def abc.def",
                "ab{2}cd abbcd",
                "a(b)(?:c)d abcd",
                "[0-9](alpha|bravo)_secret _secret",
                "(user|admin|root)_[0-9]{4}@[a-z]+-lan\\.example\\.(org|net) -lan.example.",
                "(?:needle|[0-9]+)x? -",
                "\\Qa.b\\E+ a.b",
                "(abc)? -",
                "[0-9]{3} -",
                "(?i)7-_7 7-_7",
                "caf\\x{e9}_\\pL caf\u00c3\u00a9_"
            })
    void areWhatEveryMatchContains(String expression, String expected) throws Exception {
        assertEquals(
                "-".equals(expected) ? List.of() : List.of(expected),
                of(expression).texts());
    }

    @Test
    void areSeveralWhereNoneIsInAll() throws Exception {
        assertEquals(List.of("quixotic", "jackdaw"), of("quixotic|jackdaw").texts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"needle", "(?i)x-7", "quixotic|jackdaw", "b\u00e9"})
    void decideWhereTheyAreAll(String expression) throws Exception {
        assertEquals(true, of(expression).areAll());
    }

    @ParameterizedTest
    @ValueSource(strings = {"^needle", "needle$", "needle\\b", "needle.", "needle\\r", "need\\nle"})
    void decideNothingWhereMoreIsAsked(String expression) throws Exception {
        assertEquals(false, of(expression).areAll());
    }
}
