package ninja.mig.modules.file;

/** What a check says of a file. */
enum Verdict {
    TRUE,
    FALSE,
    /** What it needs could not be read; counts as no match and is never turned around. */
    UNKNOWN;

    static Verdict of(boolean holds) {
        return holds ? TRUE : FALSE;
    }

    /** What both say together. */
    Verdict and(Verdict other) {
        return this == FALSE || other == FALSE ? FALSE : this == UNKNOWN ? this : other;
    }
}
