package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RegexTest {
    @Test
    void refusesWhatWouldExhaustTheEndpoint() {
        for (String bomb : new String[] {
            "((a{100}){100}){100}",
            "(a{1000}){1000}",
            "([ab]{1000}){0,1000}",
            "(".repeat(3000) + ")".repeat(3000),
            "a".repeat(5_000_000),
            "((((x{9}){9}){9}){9}){9}",
            "(\\Q)\\E" + "a".repeat(1000) + "){1000}",
            "(\\Q[\\E" + "a".repeat(1000) + "){1000}",
            "([+-[:b]" + "a".repeat(1000) + ":]){1000}",
            "(" + "{".repeat(1000) + "){1000}",
            "(" + "a".repeat(1000) + ")(?i){1000}",
            "(" + "a".repeat(1000) + "*)*\\Q\\E{1000}",
            ""
        }) {
            String message = assertThrows(InvalidParametersException.class, () -> Regex.compile("names", bomb))
                    .getMessage();
            assertTrue(message.startsWith("names: ") && message.length() < 400, message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?i)\u1c80",
                "(?i)a\\x{1c88}b",
                "a(?i:x[\u1c85])",
                "(?s-i)\\Qa\u1c84",
                "(?i)[a-\\x{ffff}]",
                "(?i)[^a\\x{1c00}-\\x{1c81}]",
                "(?i)[[:alpha:]b]c[]a-\u2000]",
                "(?i)[\\377-\\x{10ffff}]",
                "(?i)[\\--\u2000]",
                "(?i)[\\d--\u2000]",
                "(?i)[\\pN--\u2000]",
                "(?i)\\\u1c80",
                "(?i)\\x{0000000001c80}"
            })
    void refusesLettersThatTheEngineDoesNotGetDoneWith(String expression) {
        String message = assertThrows(InvalidParametersException.class, () -> Regex.compile("names", expression))
                .getMessage();
        assertTrue(message.contains("without regard to case"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "a[bc]\\d\\pL\\p{Greek}., 6",
        "(a{3}|b+){10}, 91",
        "\\Qa{1000}{1000}\\E, 13",
        "\\Q(\\Eab, 3",
        "\\Q((((, 4",
        "\\x{2013}{30}, 31",
        "[+-[:b]c:], 4",
        "'{{,2}', 5",
        "(?i)ab, 6",
    })
    void countsWhatARepetitionRepeats(String expression, long size) {
        assertEquals(size, Regex.size(expression));
    }

    @Test
    void refusesMoreLettersThanTakeASecond() {
        String many = "(?i)" + "[\\x{2000}-\\x{10ffff}]".repeat(20);
        assertThrows(InvalidParametersException.class, () -> Regex.compile("names", many));
    }

    @ParameterizedTest
    @CsvSource({
        "'S|(?i:s)x', sx, true",
        "'S|(?i:s)x', s, false",
        "'(?i:K|k)\\Q|\\E[|]', 'k||', true",
        "'(?i:K|k)\\Q|\\E[|]', 'k|', false",
        "'Kx\\|(?i)|k|\\Q|', 'k', true",
        "'[+-[:](S|(?i:s)x)', +sx, true",
    })
    void keepsTheCaseOfEachAlternative(String expression, String text, boolean matches) throws Exception {
        assertEquals(matches, Regex.compile("names", expression).matcher(text).find());
    }

    @Test
    void refusesARepetitionOfNothing() {
        assertThrows(InvalidParametersException.class, () -> Regex.compile("names", "(?i)a|*b"));
    }

    /** RE2/J finds the letters that differ in case alone by going round them. */
    @Test
    void theEngineComesBackToEveryLetterButNine() throws Exception {
        Method fold = Class.forName("com.google.re2j.Unicode").getDeclaredMethod("simpleFold", int.class);
        fold.setAccessible(true);
        List<String> endless = new ArrayList<>();
        for (int letter = 0; letter <= Character.MAX_CODE_POINT; letter++) {
            int other = letter;
            int steps = 0;
            do {
                other = (int) fold.invoke(null, other);
            } while (other != letter && ++steps < 10);
            if (other != letter) {
                endless.add(Integer.toHexString(letter));
            }
        }
        assertEquals(List.of("1c80", "1c81", "1c82", "1c83", "1c84", "1c85", "1c86", "1c87", "1c88"), endless);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u1c80[a-\\x{ffff}]",
                "(?i)[\\x{0}-\\x{10ffff}]",
                "(?i)[\\n-\\x{10ffff}][\\101-\\x{10ffff}][\\--\\x{10ffff}]",
                "(?i)a-\u65e5",
                "(?i)[a-\u1c7f\u1c89-\u2000-]",
                "(?i)\\Q[\\E\\x61\\pL\\p{Greek}[\\d-]",
                "(?i)[^\\W\\pL[:^space:]]",
                "(?i)[]-a]",
                "(?i)[\\x{2000}-\\x{10ffff}]{2}",
                "a{1000}",
                "^((#.*)|(\\s*)|(ssh-rsa AAAAB3alice alice@example\\.net))$",
                "[[:alpha:]]{1,64}@[^]\\]{1000}]+",
                "(?P<n>[a-z]+)",
                "a{,2}",
                "\\Q((((\\E",
                "\\Qa{1000}{1000}",
                "\\x{2013}{30}",
                "(?i)[\\d-\u2000]",
                "(a{30}){30}"
            })
    void takesWhatPeopleWrite(String expression) throws Exception {
        Regex.compile("names", expression);
    }
}
