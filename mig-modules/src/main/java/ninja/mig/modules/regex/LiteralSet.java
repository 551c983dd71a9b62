package ninja.mig.modules.regex;

import java.util.List;
import java.util.Optional;

/** Literals, any of which will do. */
final class LiteralSet {
    private final List<Literal> literals;
    private final Literal one;
    private final Optional<LiteralGrams> several;

    /** @param mostGrams at least as many as texts */
    LiteralSet(List<String> texts, int mostGrams) {
        this.literals = texts.stream().map(Literal::of).toList();
        this.one = literals.get(0);
        this.several = literals.size() == 1 ? Optional.empty() : Optional.of(new LiteralGrams(literals, mostGrams));
    }

    List<Literal> literals() {
        return literals;
    }

    /** Whether to look for them in so many bytes, or to do without them. */
    boolean begin(int bytes, Effort effort) {
        return several.isEmpty() || effort.begin(bytes);
    }

    /** As {@link LiteralGrams#find}, which gives up at times. */
    int find(byte[] in, int from, int to, Effort effort) {
        return several.isPresent() ? several.get().find(in, from, to, effort) : one.find(in, from, to);
    }
}
