package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                "a{1000}",
                "^((#.*)|(\\s*)|(ssh-rsa AAAAB3alice alice@example\\.net))$",
                "[[:alpha:]]{1,64}@[^]\\]{1000}]+",
                "(?P<n>[a-z]+)",
                "a{,2}",
                "\\Q((((\\E",
                "(a{30}){30}"
            })
    void takesWhatPeopleWrite(String expression) throws Exception {
        Regex.compile("names", expression);
    }
}
