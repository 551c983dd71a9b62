package ninja.mig.modules.regex;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FuzzTest {
    @Test
    void answersAsRe2jOnRandomExpressionsAndBytes() {
        Fuzz fuzz = new Fuzz(20_261, false);
        for (int i = 0; i < 2_000; i++) {
            fuzz.round();
        }
        assertTrue(fuzz.compared() > 20_000 && fuzz.matched() > 5_000 && fuzz.together() > 2_000, fuzz.toString());
    }
}
