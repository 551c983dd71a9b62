package ninja.mig.modules.memory;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import ninja.mig.modules.regex.Effort;
import ninja.mig.modules.regex.Literal;
import ninja.mig.modules.regex.LiteralGrams;

/** Finds which of several byte strings occur in a piece of memory. */
final class ByteStrings {
    /** A string and its position. */
    private record Wanted(int position, Literal literal) {}

    /** So many long strings are cheaper to look for together. */
    private static final int MANY = 3;

    /** Shorter ones would slow down the search for the others. */
    private static final int LONG = 4;

    private final List<Wanted> single = new ArrayList<>();
    private final List<Wanted> several = new ArrayList<>();
    private final Optional<LiteralGrams> together;
    private final Effort effort = new Effort();

    /** @param strings none of them empty; not more than {@link LiteralGrams#MOST} */
    ByteStrings(List<byte[]> strings) {
        for (int i = 0; i < strings.size(); i++) {
            Literal literal = Literal.of(new String(strings.get(i), StandardCharsets.ISO_8859_1));
            (strings.get(i).length >= LONG ? several : single).add(new Wanted(i, literal));
        }
        if (several.size() < MANY) {
            single.addAll(several);
            several.clear();
        }
        this.together = several.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new LiteralGrams(several.stream().map(Wanted::literal).toList()));
    }

    /** @param found gets the position of each string that occurs between the two indexes, maybe several times */
    void search(byte[] memory, int from, int to, IntConsumer found) {
        alone(single, memory, from, to, found);
        boolean done = together.isPresent()
                && together.get()
                        .search(
                                memory,
                                from,
                                to,
                                effort,
                                (literal, at) ->
                                        found.accept(several.get(literal).position()));
        if (!done) {
            alone(several, memory, from, to, found);
        }
    }

    private static void alone(List<Wanted> strings, byte[] memory, int from, int to, IntConsumer found) {
        for (Wanted one : strings) {
            if (one.literal().find(memory, from, to) >= 0) {
                found.accept(one.position());
            }
        }
    }
}
