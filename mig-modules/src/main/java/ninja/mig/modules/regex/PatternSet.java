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
 * that is long and rare enough; the others are no part of the set. Any number of threads may use it, each with a
 * {@link Search} of its own.
 */
public final class PatternSet {
    /** A shorter literal would slow down the search for all others. */
    private static final int SHORTEST = 4;

    /** One that is expected more often would hold up the others. */
    private static final double FREQUENT = 1.0 / 1000;

    /** Fewer patterns are looked for one after the other. */
    private static final int MANY = 3;

    /** So many literals of others slow down the search for one as much as it would take alone. */
    private static final int ONE_OF = 500;

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
        private final Effort effort = new Effort();

        /** Nothing is wanted any more. */
        public void clear() {
            wanted.clear();
        }

        /** @param pattern of the set, which is looked for from now on until it is found */
        public void want(int pattern) {
            wanted.set(pattern);
        }

        /** @param pattern that has been found in another way */
        public void forget(int pattern) {
            wanted.clear(pattern);
        }

        /** Whether this pattern has not been found yet. */
        boolean wants(int pattern) {
            return wanted.get(pattern);
        }

        /** Whether it may take less time than to look for each alone. */
        public boolean isWorthIt() {
            int number = wanted.cardinality();
            return number >= MANY && number >= owners.length / ONE_OF;
        }

        /**
         * Looks for the first line that each of the wanted patterns matches, as {@link BytePattern#findLine} does.
         *
         * @param from where a line starts
         * @param found gets the patterns that match a line; they are no longer wanted
         * @return false if it gave up: those that are still wanted have to be looked for in another way, from the beginning
         */
        public boolean find(byte[] bytes, int from, int to, IntConsumer found) {
            if (literals.isEmpty()) {
                return false;
            }
            Arrays.fill(tested, from);
            return literals.get()
                    .search(
                            bytes,
                            from,
                            to,
                            effort,
                            (literal, at) -> test(owners[literal], bytes, from, at, to, found));
        }

        private void test(int pattern, byte[] bytes, int from, int at, int to, IntConsumer found) {
            if (!wanted.get(pattern) || at < tested[pattern]) {
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
