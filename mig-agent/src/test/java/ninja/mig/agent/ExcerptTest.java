package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExcerptTest {
    @Test
    void keepsShortTextAndReplacesControlCharacters() {
        assertEquals("module '\u00e9 \ud83d\ude00'", Excerpt.of("module '\u00e9 \ud83d\ude00'"));
        assertEquals("a?b?[31m?c?d", Excerpt.of("a\nb\u001b[31m\u0000c\u009bd"));
    }

    @Test
    void keepsBeginningAndEndOfLongText() {
        String excerpt = Excerpt.of("member '" + "x".repeat(1 << 20) + "' is there twice");

        assertTrue(excerpt.startsWith("member 'xxx") && excerpt.endsWith("xxx' is there twice"), excerpt);
        assertTrue(excerpt.contains("[... 1048100 characters ...]"), excerpt);
        assertTrue(excerpt.length() < 600, excerpt);
    }

    @Test
    void leavesNoHalfOfACharacter() {
        for (int shift = 0; shift < 2; shift++) {
            String excerpt = Excerpt.of("x".repeat(shift) + "\ud83d\ude00".repeat(1000));

            assertTrue(excerpt.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff), excerpt);
        }
    }
}
