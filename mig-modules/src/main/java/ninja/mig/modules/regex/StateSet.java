package ninja.mig.modules.regex;

import java.util.Arrays;

/** The states of an {@link Nfa} that are possible at one place: those that read, and those whose condition is not decided. */
final class StateSet {
    /** What stands before a place; it decides some conditions. */
    enum Before {
        NOTHING,
        LINE_FEED,
        WORD,
        OTHER
    }

    /** What follows: the end, a line feed, a character of words, another. */
    enum After {
        END,
        LINE_FEED,
        WORD,
        OTHER
    }

    private final Nfa nfa;
    private final int[] states;
    private final int[] marks;
    private final int[] stack;
    private int size;
    private int mark;
    private boolean matches;

    StateSet(Nfa nfa) {
        this.nfa = nfa;
        this.states = new int[nfa.size()];
        this.marks = new int[nfa.size()];
        this.stack = new int[2 * nfa.size() + 2];
    }

    void clear() {
        size = 0;
        mark++;
        matches = false;
    }

    int size() {
        return size;
    }

    int state(int i) {
        return states[i];
    }

    /** Whether the expression has matched. */
    boolean matches() {
        return matches;
    }

    int[] sorted() {
        int[] sorted = Arrays.copyOf(states, size);
        Arrays.sort(sorted);
        return sorted;
    }

    /** Puts back what {@link #sorted} gave. */
    void restore(int[] kept) {
        clear();
        System.arraycopy(kept, 0, states, 0, kept.length);
        size = kept.length;
        for (int state : kept) {
            marks[state] = mark;
        }
    }

    /** Adds what can be reached from a state without reading. Conditions on what follows stay open. */
    void add(int first, Before before) {
        int depth = 0;
        stack[depth++] = first;
        while (depth > 0) {
            int state = stack[--depth];
            if (marks[state] == mark) {
                continue;
            }
            marks[state] = mark;
            switch (nfa.kind(state)) {
                case MATCH -> matches = true;
                case SPLIT -> {
                    stack[depth++] = nfa.other(state);
                    stack[depth++] = nfa.next(state);
                }
                case CHARS -> states[size++] = state;
                case AT -> {
                    switch (nfa.place(state)) {
                        case BEGIN_TEXT -> {
                            if (before == Before.NOTHING) {
                                stack[depth++] = nfa.next(state);
                            }
                        }
                        case BEGIN_LINE -> {
                            if (before == Before.NOTHING || before == Before.LINE_FEED) {
                                stack[depth++] = nfa.next(state);
                            }
                        }
                        default -> states[size++] = state;
                    }
                }
            }
        }
    }

    /** Whether a condition is open. */
    boolean isUndecided() {
        for (int i = 0; i < size; i++) {
            if (nfa.kind(states[i]) == Nfa.Kind.AT) {
                return true;
            }
        }
        return false;
    }

    /** Decides the open conditions: adds what can be reached through those that hold. */
    void decide(Before before, After after) {
        for (int i = 0; i < size; i++) {
            int state = states[i];
            if (nfa.kind(state) == Nfa.Kind.AT && holds(nfa.place(state), before, after)) {
                add(nfa.next(state), before);
            }
        }
    }

    private static boolean holds(Node.Place place, Before before, After after) {
        return switch (place) {
            case END_TEXT -> after == After.END;
            case END_LINE -> after == After.END || after == After.LINE_FEED;
            case WORD_BOUNDARY -> (before == Before.WORD) != (after == After.WORD);
            case NO_WORD_BOUNDARY -> (before == Before.WORD) == (after == After.WORD);
            case BEGIN_TEXT, BEGIN_LINE -> false; // decided before
        };
    }
}
