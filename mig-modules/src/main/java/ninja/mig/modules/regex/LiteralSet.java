package ninja.mig.modules.regex;

import java.util.List;
import java.util.Optional;

/** Literals, any of which will do. */
final class LiteralSet {
    private final List<Literal> literals;
    private final Literal one;
    private final Optional<LiteralGrams> several;

    LiteralSet(List<String> texts) {
        this.literals = texts.stream().map(Literal::of).toList();
        this.one = literals.get(0);
        this.several = literals.size() == 1 ? Optional.empty() : Optional.of(new LiteralGrams(literals));
    }

    List<Literal> literals() {
        return literals;
    }

    /** Where the one begins that comes first. @return -1 if there is none between the bounds */
    int find(byte[] in, int from, int to) {
        return several.isPresent() ? several.get().find(in, from, to) : one.find(in, from, to);
    }
}
