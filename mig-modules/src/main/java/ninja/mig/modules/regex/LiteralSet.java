package ninja.mig.modules.regex;

import java.util.List;

/** Literals, any of which will do. */
final class LiteralSet {
    /** Of this much, the first literal is looked for, then the next: it stays in the nearest cache. */
    private static final int BLOCK = 4096;

    private final Literal[] literals;

    LiteralSet(List<String> texts) {
        this.literals = texts.stream().map(Literal::of).toArray(Literal[]::new);
    }

    /** Where the one begins that comes first. @return -1 if there is none between the bounds */
    int find(byte[] in, int from, int to) {
        if (literals.length == 1) {
            return literals[0].find(in, from, to);
        }
        for (int at = from; at < to; at += BLOCK) {
            int first = earliest(in, at, to);
            if (first >= 0) {
                return first;
            }
        }
        return -1;
    }

    /** Of those that begin in the block. */
    private int earliest(byte[] in, int from, int to) {
        int before = Math.min(from + BLOCK, to);
        int best = -1;
        for (Literal literal : literals) {
            int hit = literal.find(in, from, (int) Math.min(to, (long) before + literal.length() - 1));
            if (hit >= 0) {
                best = hit;
                before = hit;
            }
        }
        return best;
    }
}
