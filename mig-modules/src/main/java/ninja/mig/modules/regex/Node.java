package ninja.mig.modules.regex;

import java.util.List;

/** A part of an expression. Whether it is lazy or captured does not matter for whether it matches. */
sealed interface Node {
    /** Where something must hold that takes no room. Words are of ASCII. */
    enum Place {
        BEGIN_TEXT,
        BEGIN_LINE,
        END_TEXT,
        END_LINE,
        WORD_BOUNDARY,
        NO_WORD_BOUNDARY
    }

    /** One code point of a set. */
    record Chars(CodeSet set) implements Node {}

    /** One after the other; without parts, the empty text. */
    record Sequence(List<Node> parts) implements Node {}

    record Choice(List<Node> branches) implements Node {}

    /** @param most -1 for no limit */
    record Repetition(Node what, int least, int most) implements Node {}

    record At(Place place) implements Node {}
}
