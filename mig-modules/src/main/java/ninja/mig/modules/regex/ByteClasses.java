package ninja.mig.modules.regex;

import java.util.Arrays;

/** Bytes between which an expression never tells a difference, wherever they stand. */
final class ByteClasses {
    /** Line ends, and where UTF-8 changes what may follow. */
    private static final int[] ALWAYS = {
        0, '\n', '\n' + 1, '\r', '\r' + 1, 0x80, 0x90, 0xA0, 0xC0, 0xC2, 0xE0, 0xE1, 0xED, 0xEE, 0xF0, 0xF1, 0xF4, 0xF5
    };

    private static final int[] WORDS = {'0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1};

    private ByteClasses() {}

    /** The class of each of the 256 bytes, from 0 without gaps. */
    static int[] of(Nfa nfa) {
        boolean[] starts = new boolean[257];
        mark(starts, ALWAYS);
        if (nfa.asksForWords()) {
            mark(starts, WORDS);
        }
        for (int first : nfa.classStarts()) {
            if (first < 0x80) {
                starts[first] = true;
            } else {
                markEach(starts, first);
            }
        }
        int[] classes = new int[256];
        for (int b = 1; b < 256; b++) {
            classes[b] = classes[b - 1] + (starts[b] ? 1 : 0);
        }
        return classes;
    }

    private static void mark(boolean[] starts, int[] bytes) {
        for (int b : bytes) {
            starts[b] = true;
        }
    }

    /** Each byte of the first code point of a class stands alone. */
    private static void markEach(boolean[] starts, int codePoint) {
        int following = codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
        int lead = codePoint >> 6 * following | (following == 1 ? 0xC0 : following == 2 ? 0xE0 : 0xF0);
        mark(starts, new int[] {lead, lead + 1});
        for (int i = following - 1; i >= 0; i--) {
            int b = 0x80 | codePoint >> 6 * i & 0x3F;
            mark(starts, new int[] {b, b + 1});
        }
    }

    /** One byte of each class. */
    static int[] representatives(int[] classes) {
        int[] bytes = new int[Arrays.stream(classes).max().getAsInt() + 1];
        for (int b = 255; b >= 0; b--) {
            bytes[classes[b]] = b;
        }
        return bytes;
    }
}
