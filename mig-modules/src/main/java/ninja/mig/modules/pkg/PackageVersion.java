package ninja.mig.modules.pkg;

/**
 * Compares versions of packages: epoch, version, release. Each is cut into runs of digits and runs of letters, whatever else
 * stands there only separates; numbers compare as numbers and are newer than letters. A tilde is older than anything, even
 * than the end: {@code 1.0~rc1} comes before {@code 1.0}.
 */
public final class PackageVersion {
    private final String epoch;
    private final String version;
    private final String release;

    private PackageVersion(String text) {
        int colon = text.indexOf(':');
        boolean hasEpoch = colon > 0 && digits(text, 0) == colon;
        int dash = text.lastIndexOf('-');
        int start = hasEpoch ? colon + 1 : 0;
        int end = dash > start ? dash : text.length();
        this.epoch = hasEpoch ? text.substring(0, colon) : "0";
        this.version = text.substring(start, end);
        this.release = dash > start ? text.substring(dash + 1) : "";
    }

    /**
     * Any two texts can be compared. A version without a release stands for all its releases.
     *
     * @return negative if the first is older, 0 if they are the same, positive if it is newer
     */
    public static int compare(String a, String b) {
        PackageVersion first = new PackageVersion(a);
        PackageVersion second = new PackageVersion(b);
        int result = compareRuns(first.epoch, second.epoch);
        if (result == 0) {
            result = compareRuns(first.version, second.version);
        }
        if (result == 0 && !first.release.isEmpty() && !second.release.isEmpty()) {
            result = compareRuns(first.release, second.release);
        }
        return result;
    }

    /** A version without epoch and release. */
    static String versionOf(String text) {
        return new PackageVersion(text).version;
    }

    private static int compareRuns(String a, String b) {
        int i = separators(a, 0);
        int j = separators(b, 0);
        while (i < a.length() && j < b.length()) {
            boolean tilde = a.charAt(i) == '~';
            if (tilde != (b.charAt(j) == '~')) {
                return tilde ? -1 : 1;
            }
            int endOfA = tilde ? i + 1 : endOfRun(a, i);
            int endOfB = tilde ? j + 1 : endOfRun(b, j);
            int result = tilde ? 0 : compareRun(a.substring(i, endOfA), b.substring(j, endOfB));
            if (result != 0) {
                return result;
            }
            i = separators(a, endOfA);
            j = separators(b, endOfB);
        }
        if (i == a.length() && j == b.length()) {
            return 0;
        }
        boolean firstIsLonger = i < a.length();
        boolean tilde = (firstIsLonger ? a.charAt(i) : b.charAt(j)) == '~';
        return firstIsLonger == tilde ? -1 : 1;
    }

    /** Two runs, each of digits or of letters. */
    private static int compareRun(String a, String b) {
        boolean number = isDigit(a.charAt(0));
        if (number != isDigit(b.charAt(0))) {
            return number ? 1 : -1;
        }
        if (!number) {
            return a.compareTo(b);
        }
        String first = withoutZeros(a);
        String second = withoutZeros(b);
        return first.length() == second.length() ? first.compareTo(second) : first.length() - second.length();
    }

    private static String withoutZeros(String number) {
        int i = 0;
        while (i < number.length() && number.charAt(i) == '0') {
            i++;
        }
        return number.substring(i);
    }

    private static int separators(String text, int from) {
        int i = from;
        while (i < text.length() && !isDigit(text.charAt(i)) && !isLetter(text.charAt(i)) && text.charAt(i) != '~') {
            i++;
        }
        return i;
    }

    private static int endOfRun(String text, int from) {
        return isDigit(text.charAt(from)) ? digits(text, from) : letters(text, from);
    }

    private static int digits(String text, int from) {
        int i = from;
        while (i < text.length() && isDigit(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static int letters(String text, int from) {
        int i = from;
        while (i < text.length() && isLetter(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
