package ninja.mig.modules;

import java.util.regex.Pattern;
import ninja.mig.modules.regex.RegexTokens;

/**
 * Looks whether RE2/J could compile an expression without regard to case in time. To do so it goes round the letters that
 * differ in case alone, one for each that is written or lies in a range. Nine Cyrillic letters are younger than its tables and
 * known to Java: from them it never comes back.
 */
final class CaseFolding {
    private static final int FIRST_ENDLESS = 0x1C80;
    private static final int LAST_ENDLESS = 0x1C88;

    /** Letters that have others are between these two; a range over all of them is not gone through. */
    private static final int FIRST_LETTER = 'A';

    private static final int LAST_LETTER = 0x1E943;

    /** Letters in all ranges of an expression: a second of work, at most. */
    private static final long MOST_LETTERS = 1_000_000;

    private static final Pattern FLAG = Pattern.compile("\\(\\?[a-zA-Z-]*i");

    private CaseFolding() {}

    /** Whether case may not matter to a part of it. */
    static boolean happens(String expression) {
        return FLAG.matcher(expression).find();
    }

    /** Whether there is a letter or range that RE2/J does not get done with, where case does not matter. */
    static boolean isEndless(String expression) {
        if (!happens(expression)) {
            return false;
        }
        long letters = 0;
        RegexTokens tokens = new RegexTokens(expression);
        while (tokens.next()) {
            for (RegexTokens.Member range : tokens.members()) {
                if (!range.isRange() || range.from() <= FIRST_LETTER && range.to() >= LAST_LETTER) {
                    continue;
                }
                letters += Math.max(0, Math.min(range.to(), LAST_LETTER) - Math.max(range.from(), FIRST_LETTER));
                if (letters > MOST_LETTERS || range.from() <= LAST_ENDLESS && range.to() >= FIRST_ENDLESS) {
                    return true;
                }
            }
        }
        return false;
    }
}
