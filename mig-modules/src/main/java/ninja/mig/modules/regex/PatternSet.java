package ninja.mig.modules.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Expressions that are looked for in the same lines. What their matches must contain is looked for at once, for all of which
 * that is long and rare enough; the others are no part of the set. Any number of threads may use it, each with a {@link Search} of its
 * own.
 */
public final class PatternSet {
    /** A shorter literal would slow down the search for all others. */
    private static final int SHORTEST = 4;

    /** One that is expected more often would hold up the others. */
    private static final double FREQUENT = 1.0 / 1000;

    /** More often than once in so many bytes no literal should be found in vain. */
    private static final int DENSE = 256;

    /** Where that happens all are looked for one after the other, in so many times as much as was looked at. */
    private static final int PAUSE = 64;

    /** Fewer patterns are looked for one after the other. */
    private static final int MANY = 3;

    private final List<BytePattern> patterns;
    private final BitSet members = new BitSet();

    /** By literal: the pattern that must contain it, or another of its literals. */
    private final int[] owners;

    private final Optional<LiteralGrams> literals;

    /** @param patterns each with its position as its number */
    public PatternSet(List<BytePattern> patterns) {
        this.patterns = List.copyOf(patterns);
        List<Literal> all = new ArrayList<>();
        List<Integer> owned = new ArrayList<>();
        for (int i = 0; i < patterns.size(); i++) {
            List<Literal> own = patterns.get(i)
                    .program()
                    .literals()
                    .map(LiteralSet::literals)
                    .orElse(List.of());
            boolean joins = !own.isEmpty()
                    && own.stream().allMatch(literal -> literal.length() >= SHORTEST && literal.frequency() <= FREQUENT)
                    && all.size() + own.size() <= LiteralGrams.MOST;
            if (joins) {
                members.set(i);
                all.addAll(own);
                owned.addAll(Collections.nCopies(own.size(), i));
            }
        }
        if (members.cardinality() < MANY) {
            members.clear();
        }
        this.owners = owned.stream().mapToInt(Integer::intValue).toArray();
        this.literals = members.isEmpty() ? Optional.empty() : Optional.of(new LiteralGrams(all));
    }

    /** How many patterns there are, with those that are no part of the set. */
    public int size() {
        return patterns.size();
    }

    /** Whether this pattern is part of the set. */
    public boolean has(int pattern) {
        return members.get(pattern);
    }

    /** One thread's search for some of the patterns. */
    public final class Search {
        private final BitSet wanted = new BitSet();
        private final int[] tested = new int[patterns.size()];
        private long pause;
        private int inVain;

        /** Nothing is wanted any more. */
        public void clear() {
            wanted.clear();
        }

        /** @param pattern of the set, which is looked for from now on until it is found */
        public void want(int pattern) {
            wanted.set(pattern);
        }

        /**
         * Whether to look for each alone would take longer.
         *
         * @param bytes how many will be looked at, in this way or the other
         */
        public boolean isWorthIt(int bytes) {
            pause = Math.max(0, pause - bytes);
            return pause == 0 && wanted.cardinality() >= MANY;
        }

        /**
         * Looks for the first line that each of the wanted patterns matches, as {@link BytePattern#findLine} does.
         *
         * @param from where a line starts
         * @param found gets the patterns that match a line; they are no longer wanted
         */
        public void find(byte[] bytes, int from, int to, IntConsumer found) {
            if (literals.isEmpty()) {
                return;
            }
            Arrays.fill(tested, from);
            inVain = 0;
            literals.get().search(bytes, from, to, (literal, at) -> test(owners[literal], bytes, from, at, to, found));
            if ((long) inVain * DENSE > to - from) {
                pause = (long) PAUSE * (to - from);
            }
        }

        private void test(int pattern, byte[] bytes, int from, int at, int to, IntConsumer found) {
            if (!wanted.get(pattern) || at < tested[pattern]) {
                inVain++;
                return;
            }
            int start = Lines.start(bytes, from, at);
            int end = Lines.end(bytes, at, to);
            tested[pattern] = end;
            if (patterns.get(pattern).findLine(bytes, start, end) >= 0) {
                wanted.clear(pattern);
                found.accept(pattern);
            }
        }
    }
}
