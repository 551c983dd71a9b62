package ninja.mig.modules.regex;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import ninja.mig.modules.regex.Node.At;
import ninja.mig.modules.regex.Node.Chars;
import ninja.mig.modules.regex.Node.Choice;
import ninja.mig.modules.regex.Node.Place;
import ninja.mig.modules.regex.Node.Repetition;
import ninja.mig.modules.regex.Node.Sequence;

/**
 * An expression as states over code points. Code points that no set of the expression tells apart are of one class.
 */
final class Nfa {
    enum Kind {
        /** Reads a code point of a set, then {@link #next}. */
        CHARS,
        /** Goes on at {@link #next} and at {@link #other}. */
        SPLIT,
        /** Goes on at {@link #next} if a condition on the place holds. */
        AT,
        MATCH
    }

    private static final int MOST_STATES = 20_000;

    private Kind[] kinds = new Kind[64];
    private int[] next = new int[64];
    private int[] argument = new int[64];
    private int size;
    private final Map<CodeSet, Integer> setNumbers = new HashMap<>();
    private int start;
    private int[] classStarts = {0};
    private BitSet[] members = {};
    private boolean asksForWords;
    private boolean asksForLines;

    private Nfa() {}

    /** @return empty if it has too many states */
    static Optional<Nfa> of(Node tree) {
        Nfa nfa = new Nfa();
        int match = nfa.add(Kind.MATCH, 0, 0);
        nfa.start = nfa.build(tree, match);
        if (nfa.size >= MOST_STATES) {
            return Optional.empty();
        }
        nfa.classify();
        return Optional.of(nfa);
    }

    private int add(Kind kind, int to, int more) {
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * size);
            next = Arrays.copyOf(next, 2 * size);
            argument = Arrays.copyOf(argument, 2 * size);
        }
        kinds[size] = kind;
        next[size] = to;
        argument[size] = more;
        return size++;
    }

    /** @return where the part begins that goes on at {@code then}; anything if there are too many states */
    private int build(Node node, int then) {
        if (size >= MOST_STATES) {
            return then;
        }
        if (node instanceof Chars chars) {
            Integer set = setNumbers.computeIfAbsent(chars.set(), s -> setNumbers.size());
            return add(Kind.CHARS, then, set);
        }
        if (node instanceof At at) {
            asksForWords |= at.place() == Place.WORD_BOUNDARY || at.place() == Place.NO_WORD_BOUNDARY;
            asksForLines |= at.place() == Place.BEGIN_LINE;
            return add(Kind.AT, then, at.place().ordinal());
        }
        if (node instanceof Sequence sequence) {
            int entry = then;
            for (int i = sequence.parts().size() - 1; i >= 0; i--) {
                entry = build(sequence.parts().get(i), entry);
            }
            return entry;
        }
        if (node instanceof Choice choice) {
            int entry = build(choice.branches().get(0), then);
            for (Node branch : choice.branches().subList(1, choice.branches().size())) {
                entry = add(Kind.SPLIT, entry, build(branch, then));
            }
            return entry;
        }
        return repeat((Repetition) node, then);
    }

    private int repeat(Repetition repetition, int then) {
        int entry = then;
        int copies = repetition.least();
        if (repetition.most() < 0) {
            int loop = add(Kind.SPLIT, 0, then);
            int body = build(repetition.what(), loop);
            next[loop] = body;
            if (copies == 0) {
                return loop;
            }
            entry = body;
            copies--;
        } else {
            for (int i = repetition.least(); i < repetition.most(); i++) {
                entry = add(Kind.SPLIT, build(repetition.what(), entry), then);
            }
        }
        for (int i = 0; i < copies; i++) {
            entry = build(repetition.what(), entry);
        }
        return entry;
    }

    private void classify() {
        TreeSet<Integer> starts = new TreeSet<>();
        starts.add(0);
        for (CodeSet set : setNumbers.keySet()) {
            int[] ranges = set.ranges();
            for (int i = 0; i < ranges.length; i += 2) {
                starts.add(ranges[i]);
                if (ranges[i + 1] < Character.MAX_CODE_POINT) {
                    starts.add(ranges[i + 1] + 1);
                }
            }
        }
        classStarts = starts.stream().mapToInt(Integer::intValue).toArray();
        members = new BitSet[setNumbers.size()];
        setNumbers.forEach((set, number) -> {
            BitSet classes = new BitSet(classStarts.length);
            int[] ranges = set.ranges();
            for (int i = 0; i < ranges.length; i += 2) {
                classes.set(classOf(ranges[i]), classOf(ranges[i + 1]) + 1);
            }
            members[number] = classes;
        });
    }

    int start() {
        return start;
    }

    int size() {
        return size;
    }

    Kind kind(int state) {
        return kinds[state];
    }

    int next(int state) {
        return next[state];
    }

    /** The second way out of a {@link Kind#SPLIT}. */
    int other(int state) {
        return argument[state];
    }

    Place place(int state) {
        return PLACES[argument[state]];
    }

    private static final Place[] PLACES = Place.values();

    boolean reads(int state, int classOfCodePoint) {
        return members[argument[state]].get(classOfCodePoint);
    }

    int classOf(int codePoint) {
        int found = Arrays.binarySearch(classStarts, codePoint);
        return found >= 0 ? found : -found - 2;
    }

    /** The first code point of each class, ascending. */
    int[] classStarts() {
        return classStarts;
    }

    /** Whether it matters which characters are of words. */
    boolean asksForWords() {
        return asksForWords;
    }

    /** Whether it matters where lines begin. */
    boolean asksForLines() {
        return asksForLines;
    }
}
