package ninja.mig.modules.memory;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import ninja.mig.modules.regex.Literal;

/** Finds which of several byte strings occur in a piece of memory. */
final class ByteStrings {
    /** A string that is looked for by itself. */
    private record Single(int position, Literal literal) {}

    /** So many long strings are cheaper to look for together. */
    private static final int MANY = 4;

    /** Strings shorter than this would spoil the steps of {@link BlockScan}. */
    private static final int LONG = 4;

    private final List<Single> single = new ArrayList<>();
    private final List<BlockScan> together = new ArrayList<>();

    /** @param strings none of them empty */
    ByteStrings(List<byte[]> strings) {
        List<Integer> longOnes = new ArrayList<>();
        for (int i = 0; i < strings.size(); i++) {
            if (strings.get(i).length >= LONG) {
                longOnes.add(i);
            }
        }
        boolean many = longOnes.size() >= MANY;
        for (int i = 0; i < strings.size(); i++) {
            if (!many || strings.get(i).length < LONG) {
                single.add(new Single(i, Literal.of(new String(strings.get(i), StandardCharsets.ISO_8859_1))));
            }
        }
        if (many) {
            together.add(new BlockScan(longOnes, strings));
        }
    }

    /** @param found gets the position of each string that occurs between the two indexes, maybe several times */
    void search(byte[] memory, int from, int to, IntConsumer found) {
        for (Single one : single) {
            if (one.literal().find(memory, from, to) >= 0) {
                found.accept(one.position());
            }
        }
        together.forEach(scan -> scan.search(memory, from, to, found));
    }
}
