package ninja.mig.modules.file;

import java.util.Arrays;
import java.util.List;
import ninja.mig.modules.regex.BytePattern;
import ninja.mig.modules.regex.Lines;

/**
 * Matches the lines of a stream against the content checks of one search. Lines may be of any length: one longer than
 * 1 MiB is looked at in overlapping pieces, each taken as a line.
 */
final class LineMatcher {
    static final int LONGEST_PIECE = 1024 * 1024;
    static final int OVERLAP = 4096;
    private static final byte[] NOTHING = {};

    private final List<Check.Content> checks;
    private final boolean everyLine;
    private final boolean[] matched;
    private int unmatched;
    private boolean sawLine;
    private boolean groupHolds = true;
    private byte[] pending = NOTHING;
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

    /** The content goes on with so many bytes. */
    void accept(byte[] buffer, int length) {
        for (int from = 0; from < length && !isCertain(); from += LONGEST_PIECE) {
            accept(buffer, from, Math.min(from + LONGEST_PIECE, length));
        }
        if (isCertain()) {
            forgetPending();
        }
    }

    /** Results wait for those of files before them, and there may be hundreds: they keep no lines. */
    private void forgetPending() {
        pending = NOTHING;
        pendingLength = 0;
    }

    private void accept(byte[] buffer, int from, int to) {
        int start = from;
        if (pendingLength > 0) {
            int end = Lines.end(buffer, from, to);
            append(buffer, from, end);
            if (end == to) {
                return;
            }
            lines(pending, 0, pendingLength);
            pendingLength = 0;
            start = end + 1;
        }
        int open = Lines.start(buffer, start, to);
        lines(buffer, start, open);
        append(buffer, open, to);
    }

    /** The content has been read to its end: a last line without line feed counts if it is not empty. */
    void end() {
        lines(pending, 0, pendingLength);
        forgetPending();
    }

    /** Keeps a part of a line until its end has been read. */
    private void append(byte[] buffer, int from, int to) {
        int start = from;
        while (pendingLength + to - start > LONGEST_PIECE) {
            int room = LONGEST_PIECE - pendingLength;
            copy(buffer, start, room);
            start += room;
            lines(pending, 0, pendingLength);
            System.arraycopy(pending, pendingLength - OVERLAP, pending, 0, OVERLAP);
            pendingLength = OVERLAP;
        }
        copy(buffer, start, to - start);
    }

    private void copy(byte[] buffer, int from, int length) {
        if (pendingLength + length > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(pendingLength + length, pending.length * 2));
        }
        System.arraycopy(buffer, from, pending, pendingLength, length);
        pendingLength += length;
    }

    /** Lines, all of them whole. */
    private void lines(byte[] bytes, int from, int to) {
        sawLine |= from < to;
        for (int i = 0; i < matched.length; i++) {
            BytePattern pattern = checks.get(i).pattern();
            if (everyLine) {
                groupHolds = groupHolds
                        && (checks.get(i).negated()
                                        ? pattern.findLine(bytes, from, to)
                                        : pattern.findOtherLine(bytes, from, to))
                                < 0;
            } else if (!matched[i] && pattern.findLine(bytes, from, to) >= 0) {
                matched[i] = true;
                unmatched--;
            }
        }
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
