package ninja.mig.relay;

/** What became of a message. */
public enum Published {
    /** The relay has it, in a queue (or, if not mandatory, nobody wanted it). */
    CONFIRMED,
    /** It was mandatory and there is no queue for it. */
    UNROUTABLE
}
