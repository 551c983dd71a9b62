package ninja.mig.modules.file;

import java.util.List;
import ninja.mig.modules.regex.BytePattern;

/** Matches the lines of a content against the content checks of one search. It keeps no lines. */
final class LineMatcher {
    private final List<Check.Content> checks;
    private final boolean everyLine;
    private final boolean[] lookedForTogether;
    private final boolean[] matched;
    private int unmatched;
    private boolean sawLine;
    private boolean groupHolds = true;

    /**
     * @param everyLine all checks must hold on every line (option macroal)
     * @param lookedForTogether by check: whether somebody else may look for it
     */
    LineMatcher(List<Check.Content> checks, boolean everyLine, boolean[] lookedForTogether) {
        this.lookedForTogether = lookedForTogether;
        this.checks = checks;
        this.everyLine = everyLine;
        this.matched = new boolean[checks.size()];
        this.unmatched = checks.size();
    }

    /** Whether nothing that follows can change a verdict. */
    boolean isCertain() {
        return everyLine ? !groupHolds : unmatched == 0;
    }

    /** Somebody else has found a line that this check matches. */
    void match(int check) {
        if (!matched[check]) {
            matched[check] = true;
            unmatched--;
        }
    }

    /** Whether a line is known that this check matches. */
    boolean hasMatched(int check) {
        return matched[check];
    }

    /** Lines, all of them whole. @param together whether somebody else has looked for the checks that allow it */
    void accept(byte[] bytes, int from, int to, boolean together) {
        sawLine |= from < to;
        for (int i = 0; i < matched.length; i++) {
            BytePattern pattern = checks.get(i).pattern();
            if (everyLine) {
                groupHolds = groupHolds
                        && (checks.get(i).negated()
                                        ? pattern.findLine(bytes, from, to)
                                        : pattern.findOtherLine(bytes, from, to))
                                < 0;
            } else if (!matched[i] && !(together && lookedForTogether[i]) && pattern.findLine(bytes, from, to) >= 0) {
                match(i);
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
