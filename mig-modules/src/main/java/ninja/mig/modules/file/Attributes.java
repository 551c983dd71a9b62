package ninja.mig.modules.file;

import java.time.Instant;

/**
 * What results say of a file.
 *
 * @param mode type and permission bits as POSIX numbers them
 */
record Attributes(int mode, long size, Instant modified) {
    static final int REGULAR = 0100000;
    static final int DIRECTORY = 0040000;
    static final int LINK = 0120000;

    private static final int TYPE = 0170000;

    String modeText() {
        return modeText(mode);
    }

    /** As Go prints it: kind and special letters, or a dash, then nine permission characters. */
    static String modeText(int mode) {
        StringBuilder out = new StringBuilder(12);
        switch (mode & TYPE) {
            case DIRECTORY -> out.append('d');
            case LINK -> out.append('L');
            case 0060000 -> out.append('D');
            case 0020000 -> out.append('D');
            case 0010000 -> out.append('p');
            case 0140000 -> out.append('S');
            default -> {}
        }
        append(out, mode, 04000, 'u');
        append(out, mode, 02000, 'g');
        if ((mode & TYPE) == 0020000) {
            out.append('c');
        }
        append(out, mode, 01000, 't');
        if (out.length() == 0) {
            out.append('-');
        }
        String letters = "rwxrwxrwx";
        for (int i = 0; i < 9; i++) {
            out.append((mode & 1 << 8 - i) != 0 ? letters.charAt(i) : '-');
        }
        return out.toString();
    }

    private static void append(StringBuilder out, int mode, int bit, char letter) {
        if ((mode & bit) != 0) {
            out.append(letter);
        }
    }
}
