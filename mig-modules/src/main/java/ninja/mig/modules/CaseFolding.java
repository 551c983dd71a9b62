package ninja.mig.modules;

import java.util.regex.Pattern;

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

    private static final int NO_LETTER = -1;

    private final String text;
    private int at;
    private long letters;

    private CaseFolding(String text) {
        this.text = text;
    }

    /** Whether case may not matter to a part of it. */
    static boolean happens(String expression) {
        return FLAG.matcher(expression).find();
    }

    /** Whether there is a letter or range that RE2/J does not get done with, where case does not matter. */
    static boolean isEndless(String expression) {
        return happens(expression) && new CaseFolding(expression).goesOn();
    }

    private boolean goesOn() {
        while (at < text.length()) {
            boolean endless;
            if (text.startsWith("\\Q", at)) {
                int end = text.indexOf("\\E", at);
                end = end < 0 ? text.length() : end;
                endless = text.substring(at, end).codePoints().anyMatch(c -> isEndless(c, c));
                at = end + 2;
            } else if (text.charAt(at) == '[') {
                endless = bracketsGoOn();
            } else {
                int letter = letter();
                endless = isEndless(letter, letter);
            }
            if (endless || letters > MOST_LETTERS) {
                return true;
            }
        }
        return false;
    }

    private boolean isEndless(int from, int to) {
        if (from >= 0 && from <= FIRST_LETTER && to >= LAST_LETTER) {
            return false;
        }
        letters += Math.max(0, Math.min(to, LAST_LETTER) - Math.max(from, FIRST_LETTER));
        return from <= LAST_ENDLESS && to >= FIRST_ENDLESS;
    }

    /** Up to the bracket that closes; the first one does not, but stands for itself. */
    private boolean bracketsGoOn() {
        at++;
        if (text.startsWith("^", at)) {
            at++;
        }
        for (boolean first = true; at < text.length() && (first || text.charAt(at) != ']'); first = false) {
            int named = text.startsWith("[:", at) ? text.indexOf(":]", at) : -1;
            if (named > 0) {
                at = named + 2;
                continue;
            }
            int from = letter();
            int to = from;
            if (text.startsWith("-", at) && !text.startsWith("-]", at)) {
                at++;
                to = letter();
            }
            if (isEndless(from, to)) {
                return true;
            }
        }
        at++;
        return false;
    }

    /** The next one, however it is written; {@link #NO_LETTER} for classes, places and at the end. */
    private int letter() {
        if (at >= text.length()) {
            return NO_LETTER;
        }
        int letter = text.codePointAt(at);
        at += Character.charCount(letter);
        if (letter != '\\' || at >= text.length()) {
            return letter;
        }
        int escape = text.codePointAt(at);
        at += Character.charCount(escape);
        if (escape == 'x') {
            return hexadecimal();
        }
        if ((escape == 'p' || escape == 'P') && text.startsWith("{", at)) {
            int end = text.indexOf('}', at);
            at = end < 0 ? text.length() : end + 1;
            return NO_LETTER;
        }
        if (escape >= '0' && escape <= '7') {
            return octal(escape - '0');
        }
        if ("afnrtv".indexOf(escape) >= 0) {
            return '\t'; // Or another control character.
        }
        return escape < 0x80 && Character.isLetterOrDigit(escape) ? NO_LETTER : escape;
    }

    /** Up to two digits more. */
    private int octal(int first) {
        int letter = first;
        for (int i = 0; i < 2 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '7'; i++) {
            letter = 8 * letter + text.charAt(at++) - '0';
        }
        return letter;
    }

    /** As two digits or in braces. */
    private int hexadecimal() {
        int from = text.startsWith("{", at) ? at + 1 : at;
        int end = from > at ? text.indexOf('}', at) : Math.min(at + 2, text.length());
        String digits = text.substring(from, Math.max(from, end));
        at = from > at ? Math.max(from, end) + 1 : Math.max(from, end);
        return digits.matches("[0-9A-Fa-f]{1,8}") ? (int) Math.min(Long.parseLong(digits, 16), 0x10FFFF) : NO_LETTER;
    }
}
