package ninja.mig.modules.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ninja.mig.modules.regex.StateSet.After;
import ninja.mig.modules.regex.StateSet.Before;

/**
 * Finds whether an expression matches, byte by byte, through a table of states that are made when they are first met. A
 * state says which states of the {@link Nfa} are possible, and which bytes of a code point have been seen. The table is
 * bounded: when it is full it begins anew, and if that happens too often the expression is not fit for it.
 *
 * <p>A state's number is where its row starts in the table. Smaller numbers than that of the first row are signs.
 */
final class LazyDfa {
    private static final int UNKNOWN = 0;
    private static final int MATCH = 1;
    private static final int GAVE_UP = 2;

    /** So short that the loop is compiled soon after the start. */
    private static final int BLOCK = 1024;

    private static final int MOST_STRIKES = 4;
    private static final int BYTES_WORTH_A_STATE = 20;
    private static final int REPLACEMENT = 0xFFFD;

    /** Of the memory of a state, besides its row and core. */
    private static final int STATE_INTS = 24;

    private final Nfa nfa;
    private final boolean lines;
    private final int mostInts;
    private final int[] classes;
    private final int[] representatives;
    private final int stride;
    private final int dead;
    private final Map<State, Integer> numbers = new HashMap<>();
    private final List<State> states = new ArrayList<>();
    private final Map<List<Integer>, Long> prefixes = new HashMap<>();
    private StateSet current;
    private StateSet following;
    private Before before = Before.OTHER;
    private int[] table = new int[0];
    private int keptInts;
    private int startState;
    private int state;
    private int resets;
    private long bytesRead;
    private int strikes;
    private boolean gaveUp;

    /** What a carriage return that came last means: if the line ends now, it is not part of it. */
    private enum Return {
        NONE,
        /** The line does not match if it ends now. */
        NO_MATCH,
        /** The line matches if it ends now. */
        MATCH,
        /** The line does not match if it ends now, and else it does: the carriage return made the match. */
        MATCH_UNLESS_END
    }

    /** Two states that cannot be told apart by what follows should be equal. */
    private static final class State {
        private final int[] core;
        private final Before before;
        private final long prefix;
        private final Return carriage;
        private Boolean matchesAtEnd;

        State(int[] core, Before before, long prefix, Return carriage) {
            this.core = core;
            this.before = before;
            this.prefix = prefix;
            this.carriage = carriage;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof State that
                    && before == that.before
                    && prefix == that.prefix
                    && carriage == that.carriage
                    && Arrays.equals(core, that.core);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * (31 * Arrays.hashCode(core) + before.ordinal()) + Long.hashCode(prefix))
                    + carriage.ordinal();
        }
    }

    private static final State MATCH_UNLESS_END =
            new State(new int[0], Before.OTHER, Utf8Prefix.NONE, Return.MATCH_UNLESS_END);

    /**
     * @param lines whether line feeds end texts, together with a carriage return before them
     * @param mostInts of the table and of what it is made from
     */
    LazyDfa(Nfa nfa, boolean lines, int mostInts) {
        this.nfa = nfa;
        this.lines = lines;
        this.mostInts = mostInts;
        this.classes = ByteClasses.of(nfa);
        this.representatives = ByteClasses.representatives(classes);
        this.stride = representatives.length;
        this.dead = stride;
        this.current = new StateSet(nfa);
        this.following = new StateSet(nfa);
        reset();
    }

    /** Whether the table was too small; what was answered in that call is void. */
    boolean gaveUp() {
        return gaveUp;
    }

    /** Whether the text or line matches; a line has no line feed, but may end in a carriage return. */
    boolean matches(byte[] bytes, int from, int to) {
        state = startState;
        run(bytes, from, to);
        return state == MATCH || state > GAVE_UP && matchesAtEnd(stateOf(state));
    }

    /** The first of several lines that matches. @return its start, or -1 */
    int findLine(byte[] bytes, int from, int to) {
        if (from == to) {
            return -1;
        }
        state = startState;
        int at = run(bytes, from, to);
        boolean found = state == MATCH || state > GAVE_UP && bytes[to - 1] != '\n' && matchesAtEnd(stateOf(state));
        return found ? Lines.start(bytes, from, at) : -1;
    }

    /** @return where it ended: at {@code to}, or before the byte that told that it matches */
    private int run(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && state > GAVE_UP) {
            if (state == dead) {
                at = afterDead(bytes, at, to);
                continue;
            }
            int begin = at;
            int stop = Math.min(at + BLOCK, to);
            at = block(bytes, at, stop);
            bytesRead += at - begin;
            if (at < stop && state != dead) {
                state = transition(state, classes[bytes[at] & 0xFF]);
                at += state > GAVE_UP ? 1 : 0;
            }
        }
        return at;
    }

    /** As long as the states are known and can still lead to a match. */
    private int block(byte[] bytes, int from, int to) {
        int[] rows = table;
        int[] columns = classes;
        int last = dead;
        int now = state;
        int at = from;
        while (at < to) {
            int then = rows[now + columns[bytes[at] & 0xFF]];
            if (then <= last) {
                if (then == last) {
                    now = then;
                    at++;
                }
                break;
            }
            now = then;
            at++;
        }
        state = now;
        return at;
    }

    /** Nothing but another line can match. */
    private int afterDead(byte[] bytes, int from, int to) {
        if (!lines && !nfa.asksForLines()) {
            return to;
        }
        int end = Lines.end(bytes, from, to);
        if (end == to) {
            return to;
        }
        state = transition(dead, classes['\n']);
        return end + 1;
    }

    private State stateOf(int number) {
        return states.get(number / stride - 1);
    }

    private int transition(int from, int column) {
        int known = table[from + column];
        if (known != UNKNOWN) {
            return known;
        }
        int before = resets;
        int to = successor(stateOf(from), representatives[column]);
        if (resets == before) {
            table[from + column] = to;
        }
        return to;
    }

    private int successor(State origin, int b) {
        if (lines && b == '\n') {
            return matchesAtEnd(origin) ? MATCH : startState;
        }
        if (origin.carriage == Return.MATCH_UNLESS_END) {
            return MATCH;
        }
        Return carriage = Return.NONE;
        if (lines && b == '\r') {
            carriage = coreMatchesAtEnd(origin) ? Return.MATCH : Return.NO_MATCH;
        }
        restore(origin);
        long prefix = origin.prefix;
        if (prefix != Utf8Prefix.NONE) {
            long extended = Utf8Prefix.extended(prefix, b);
            if (extended != Utf8Prefix.INVALID) {
                if (Utf8Prefix.missing(extended) > 0) {
                    return reached(extended, Return.NONE);
                }
                read(Utf8Prefix.first(extended));
                return reached(Utf8Prefix.NONE, Return.NONE);
            }
            readInvalid(Utf8Prefix.length(prefix));
        }
        prefix = Utf8Prefix.NONE;
        if (Utf8Prefix.isLead(b)) {
            prefix = Utf8Prefix.ofLead(b);
        } else {
            read(b < 0x80 ? b : REPLACEMENT);
        }
        return reached(prefix, carriage);
    }

    private void restore(State origin) {
        current.restore(origin.core);
        before = origin.before;
    }

    private void readInvalid(int bytes) {
        for (int i = 0; i < bytes; i++) {
            read(REPLACEMENT);
        }
    }

    /** All that is possible after one more code point; nothing more if the expression has matched. */
    private void read(int codePoint) {
        current.decide(before, after(codePoint));
        if (current.matches()) {
            return;
        }
        Before then = before(codePoint);
        int classOfCodePoint = nfa.classOf(codePoint);
        following.clear();
        for (int i = 0; i < current.size(); i++) {
            int reader = current.state(i);
            if (nfa.kind(reader) == Nfa.Kind.CHARS && nfa.reads(reader, classOfCodePoint)) {
                following.add(nfa.next(reader), then);
            }
        }
        following.add(nfa.start(), then);
        StateSet swapped = current;
        current = following;
        following = swapped;
        before = then;
    }

    private After after(int codePoint) {
        return codePoint == '\n' ? After.LINE_FEED : nfa.asksForWords() && isWord(codePoint) ? After.WORD : After.OTHER;
    }

    private Before before(int codePoint) {
        return codePoint == '\n'
                ? Before.LINE_FEED
                : nfa.asksForWords() && isWord(codePoint) ? Before.WORD : Before.OTHER;
    }

    private static boolean isWord(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_';
    }

    private boolean matchesAtEnd(State at) {
        if (at.carriage != Return.NONE) {
            return at.carriage == Return.MATCH;
        }
        return coreMatchesAtEnd(at);
    }

    private boolean coreMatchesAtEnd(State at) {
        if (at.matchesAtEnd == null) {
            restore(at);
            if (at.prefix != Utf8Prefix.NONE) {
                readInvalid(Utf8Prefix.length(at.prefix));
            }
            current.decide(before, After.END);
            at.matchesAtEnd = current.matches();
        }
        return at.matchesAtEnd;
    }

    private int reached(long prefix, Return carriage) {
        if (current.matches()) {
            return carriage == Return.NO_MATCH ? number(MATCH_UNLESS_END) : MATCH;
        }
        return number(normal(prefix, carriage));
    }

    /** What is possible now, without what cannot matter. */
    private State normal(long prefix, Return carriage) {
        int[] core = current.sorted();
        Before matters = current.isUndecided() ? before : Before.OTHER;
        long canonical = core.length == 0 || prefix == Utf8Prefix.NONE ? Utf8Prefix.NONE : canonical(prefix);
        State plain = new State(core, matters, canonical, Return.NONE);
        return carriage == Return.NONE || coreMatchesAtEnd(plain) == (carriage == Return.MATCH)
                ? plain
                : new State(core, matters, canonical, carriage);
    }

    /** Of the prefixes after which the same can follow with the same meaning, the first that was met. */
    private long canonical(long prefix) {
        int first = nfa.classOf(Utf8Prefix.first(prefix));
        if (Utf8Prefix.isChoosy(prefix) || first != nfa.classOf(Utf8Prefix.last(prefix))) {
            return prefix;
        }
        List<Integer> key = List.of(first, Utf8Prefix.length(prefix), Utf8Prefix.missing(prefix));
        return prefixes.computeIfAbsent(key, k -> prefix);
    }

    private int number(State wanted) {
        Integer known = numbers.get(wanted);
        if (known != null) {
            return known;
        }
        if (keptInts + cost(wanted) > mostInts) {
            strikes = bytesRead < (long) states.size() * BYTES_WORTH_A_STATE ? strikes + 1 : 0;
            if (strikes == MOST_STRIKES) {
                gaveUp = true;
                return GAVE_UP;
            }
            reset();
        }
        return known(wanted);
    }

    private int cost(State wanted) {
        return stride + wanted.core.length + STATE_INTS;
    }

    private int add(State wanted) {
        keptInts += cost(wanted);
        states.add(wanted);
        int number = states.size() * stride;
        if (table.length < number + stride) {
            table = Arrays.copyOf(table, Math.max(number + stride, Math.min(2 * table.length, mostInts)));
        }
        numbers.put(wanted, number);
        return number;
    }

    /** Forgets all states but the two that are always there. */
    private void reset() {
        resets++;
        Arrays.fill(table, UNKNOWN);
        numbers.clear();
        states.clear();
        keptInts = 0;
        bytesRead = 0;
        add(new State(new int[0], Before.OTHER, Utf8Prefix.NONE, Return.NONE));
        current.clear();
        before = Before.NOTHING;
        current.add(nfa.start(), before);
        startState = current.matches() ? MATCH : known(normal(Utf8Prefix.NONE, Return.NONE));
    }

    private int known(State wanted) {
        Integer known = numbers.get(wanted);
        return known == null ? add(wanted) : known;
    }
}
