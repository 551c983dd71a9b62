package ninja.mig.modules.file;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.List;
import ninja.mig.json.Utf8;

/**
 * Matches the lines of a stream against the content checks of one search. Lines may be of any length: one longer than
 * 1 MiB is looked at in overlapping pieces, each taken as a line.
 */
final class LineMatcher {
    static final int LONGEST_PIECE = 1024 * 1024;
    static final int OVERLAP = 4096;

    private final List<Check.Content> checks;
    private final boolean everyLine;
    private final boolean[] matched;
    private int unmatched;
    private boolean sawLine;
    private boolean groupHolds = true;
    private byte[] pending = new byte[0];
    private int pendingLength;

    /** @param everyLine all checks must hold on every line (option macroal) */
    LineMatcher(List<Check.Content> checks, boolean everyLine) {
        this.checks = checks;
        this.everyLine = everyLine;
        this.matched = new boolean[checks.size()];
        this.unmatched = checks.size();
    }

    /** Whether nothing that follows can change a verdict. */
    boolean isCertain() {
        return everyLine ? !groupHolds : unmatched == 0;
    }

    void accept(byte[] buffer, int length) {
        int start = pendingLength == 0 ? 0 : acceptLines(buffer, 0, afterFirstLine(buffer, length));
        int end = afterLastLine(buffer, start, length);
        if (start < end) {
            wholeLines(buffer, start, end);
            start = end;
        }
        acceptLines(buffer, start, length);
    }

    private static int afterFirstLine(byte[] buffer, int length) {
        int i = 0;
        while (i < length && buffer[i] != '\n') {
            i++;
        }
        return Math.min(i + 1, length);
    }

    private static int afterLastLine(byte[] buffer, int start, int length) {
        int i = length;
        while (i > start && buffer[i - 1] != '\n') {
            i--;
        }
        return i;
    }

    /** Line by line; what follows the last line feed is kept for later. @return the end */
    private int acceptLines(byte[] buffer, int from, int end) {
        int start = from;
        for (int i = from; i < end && !isCertain(); i++) {
            if (buffer[i] == '\n') {
                if (pendingLength == 0) {
                    line(buffer, start, i);
                } else {
                    append(buffer, start, i);
                    line(pending, 0, pendingLength);
                    pendingLength = 0;
                }
                start = i + 1;
            } else if (i - start + pendingLength >= LONGEST_PIECE) {
                append(buffer, start, i);
                line(pending, 0, pendingLength);
                System.arraycopy(pending, pendingLength - OVERLAP, pending, 0, OVERLAP);
                pendingLength = OVERLAP;
                start = i;
            }
        }
        if (!isCertain()) {
            append(buffer, start, end);
        }
        return end;
    }

    /** Lines that are all there: only those that contain what an expression requires are shown to it. */
    private void wholeLines(byte[] buffer, int from, int end) {
        if (everyLine || checks.stream().anyMatch(check -> check.required().isEmpty())) {
            acceptLines(buffer, from, end);
            return;
        }
        String exact = new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
        String folded = "";
        for (int i = 0; i < matched.length; i++) {
            if (!matched[i]) {
                boolean anyCase = checks.get(i).required().anyCase();
                if (anyCase && folded.isEmpty()) {
                    folded = folded(buffer, from, end);
                }
                search(i, buffer, from, anyCase ? folded : exact);
            }
        }
    }

    /** @param latin1 the bytes from {@code from}, as characters */
    private void search(int check, byte[] buffer, int from, String latin1) {
        Check.Content content = checks.get(check);
        int hit = content.required().find(latin1, 0);
        while (hit >= 0) {
            int start = latin1.lastIndexOf('\n', hit) + 1;
            int end = latin1.indexOf('\n', hit);
            if (find(content.regex(), lineText(buffer, from + start, from + end))) {
                matched[check] = true;
                unmatched--;
                return;
            }
            hit = content.required().find(latin1, end + 1);
        }
    }

    private static String folded(byte[] buffer, int from, int end) {
        byte[] lower = new byte[end - from];
        for (int i = from; i < end; i++) {
            byte b = buffer[i];
            lower[i - from] = b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
        }
        return new String(lower, StandardCharsets.ISO_8859_1);
    }

    private void append(byte[] buffer, int from, int end) {
        int length = end - from;
        if (pendingLength + length > pending.length) {
            pending = java.util.Arrays.copyOf(pending, Math.max(pendingLength + length, pending.length * 2));
        }
        System.arraycopy(buffer, from, pending, pendingLength, length);
        pendingLength += length;
    }

    /** The content has been read to its end: a last line without line feed counts if it is not empty. */
    void end() {
        if (pendingLength > 0 && !isCertain()) {
            line(pending, 0, pendingLength);
        }
        pendingLength = 0;
    }

    private void line(byte[] buffer, int from, int lineEnd) {
        String text = lineText(buffer, from, lineEnd);
        sawLine = true;
        for (int i = 0; i < matched.length; i++) {
            if (everyLine) {
                groupHolds &= find(checks.get(i).regex(), text) != checks.get(i).negated();
            } else if (!matched[i] && find(checks.get(i).regex(), text)) {
                matched[i] = true;
                unmatched--;
            }
        }
    }

    private static boolean find(Pattern regex, String text) {
        return regex.matcher(text).find();
    }

    /** A line without the carriage return at its end. */
    private static String lineText(byte[] buffer, int from, int lineEnd) {
        int end = lineEnd > from && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        for (int i = from; i < end; i++) {
            if (buffer[i] < 0) {
                return Utf8.decode(buffer, from, end - from);
            }
        }
        return new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
    }

    /** What is known of a check; {@code complete} says that the content was read to its end. */
    Verdict verdict(int check, boolean complete) {
        Check.Content c = checks.get(check);
        if (everyLine) {
            if (!complete && groupHolds) {
                return Verdict.UNKNOWN;
            }
            boolean holds = sawLine ? groupHolds : checks.stream().allMatch(Check.Content::negated);
            return Verdict.of(holds != c.inverted());
        }
        if (!complete && !matched[check]) {
            return Verdict.UNKNOWN;
        }
        return Verdict.of((matched[check] != c.negated()) != c.inverted());
    }
}
